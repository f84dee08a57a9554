"""What tells a real marker or credential from something that only looks like one."""

import pytest

from corpora.planting import is_marker, marker
from corpora.span import Span
from detectors import Finding, Kind
from detectors.canaries import CanaryDetector
from detectors.merge import merge
from detectors.secrets import SecretDetector

KEY = b"the key of this installation 123"


def test_only_the_key_that_made_a_marker_knows_it() -> None:
    planted = marker(KEY, "files", "lease")
    stranger = CanaryDetector(b"the key of another house 1234567")

    assert len(CanaryDetector(KEY).detect(f"see {planted} for details")) == 1
    assert stranger.detect(f"see {planted} for details") == []


def test_one_letter_changed_is_no_marker() -> None:
    body = marker(KEY, "files", "lease").partition("-")[2].replace("-", "")
    for place, letter in enumerate(body):
        changed = body[:place] + ("7" if letter != "7" else "3") + body[place + 1 :]
        assert not is_marker(KEY, changed)
    assert is_marker(KEY, body)


@pytest.mark.parametrize(
    "said",
    [
        "password: changeme",
        "The password is <your-password>.",
        "api_key = YOUR_API_KEY_HERE",
        "export TOKEN=${SECRET_TOKEN}",
        "password: xxxxxxxxxxxx",
        "the password is example-password",
        "client_secret: 'REPLACE_WITH_SECRET'",
        "password: dummy-9f3Kd82LmQx7",
        "The password is fake-9f3Kd82!mQ",
        "api_key = redacted9fKq27LmXc04TrWz81",
    ],
)
def test_what_stands_in_for_a_credential_is_none(said: str) -> None:
    assert SecretDetector().detect(said) == []


def test_what_stands_there_in_earnest_is_one() -> None:
    """The other half of the table above: the same sentences with something that opens a door."""
    for said in ("password: k7Rw!pQ2zLx9", "The password is t4Vq-88mNa-Lp3z.", "api_key = 9fKq27LmXc04TrWz81PdYh55"):
        assert SecretDetector().detect(said), said


def test_personal_data_inside_a_secret_is_the_secrets_affair() -> None:
    secret = Finding(kind=Kind.SECRET, rule="url-password", span=Span(10, 40))
    inside = Finding(kind=Kind.PII, rule="EMAIL_ADDRESS", span=Span(15, 30))
    behind = Finding(kind=Kind.PII, rule="PHONE_NUMBER", span=Span(35, 50))

    merged = merge([behind, inside, secret])

    assert [(one.kind, one.span) for one in merged] == [(Kind.SECRET, Span(10, 40)), (Kind.PII, Span(40, 50))]
