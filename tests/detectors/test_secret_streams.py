"""While an answer grows, nothing of a credential leaves before it is known to be one."""

from __future__ import annotations

import json

import pytest

from detectors.secrets import SecretDetector
from detectors.secrets.build import ALNUM, HEX, URLSAFE, sample
from detectors.secrets.pem import LONGEST
from detectors.secrets.rules.formats import RULES as FORMATS
from tests.detectors.test_private_keys import FIELDS, WAYS

JWT = next(rule for rule in FORMATS if rule.name == "jwt").matches[0]
CREDENTIALS = {
    **WAYS,
    "key file": json.dumps(FIELDS, indent=2),
    "key file, backwards": json.dumps({name: FIELDS[name] for name in reversed(FIELDS)}),
    "JWT": JWT,
    "long JWT": JWT.rpartition(".")[0] + sample(URLSAFE, 900) + "." + sample(URLSAFE, 300),
    "token": "ghp_" + sample(ALNUM, 36),
    "address": "postgresql://app:" + sample(ALNUM, 14) + "@db.internal:5432/orders",
    "announced": "password: hunter2xyz",
    "announced, quoted": 'password: "correct horse battery staple"',
    "said afterwards": "Tr0ub4dor-3!x as the password",
    "key said afterwards": "6b0d549b-6f03-475a-9600-a35a099950d8 comme clé secrète",
    "value said afterwards": sample(ALNUM, 24, seed=3) + " is the key",
    "share": "net use Z: \\\\srv\\share s3cr3tPa55 /user:ann",
    "option": "mysql -u root -ps3cr3tPa55 shop",
    "value": f"api_key = '{sample(HEX, 32)}'",
}
MOST = 6
"""Characters of a credential that may leave: the dashes and quotes that begin one are no part of the secret."""


@pytest.mark.parametrize("credential", CREDENTIALS.values(), ids=CREDENTIALS)
def test_nothing_of_a_credential_leaves_early(secrets: SecretDetector, credential: str) -> None:
    before = "Good morning. Here is what you asked for: "
    text = before + credential + "\n\nThat is all there is to say about it, I think."
    final = secrets.detect(text)
    assert final
    secret = {place for one in final for place in range(one.span.start, one.span.end)}
    left = 0
    for size in range(len(before), len(text) + 1, 2 if len(text) < 1_500 else 17):
        part = text[:size]
        settled = secrets.settled(part)
        if settled <= left:
            continue
        covered = {place for one in secrets.detect(part) for place in range(one.span.start, one.span.end)}
        escaped = [place for place in range(left, settled) if place in secret and place not in covered]
        assert not escaped, (size, text[escaped[0] : escaped[-1] + 1])
        # Nor is anything masked that turns out to be none of it.
        assert not [place for place in covered if left <= place < settled and place not in secret], size
        left = settled
    # What follows a credential is not held back for ever.
    assert secrets.settled(text + " And more words to read.\n" * 12) > len(text)


@pytest.mark.parametrize(
    "opening",
    ["-----BEGIN PRIVATE KEY-----\n", '{"type": "service_account",\n "project_id": "', "eyJhbGciOiJIUzI1NiJ9."],
)
def test_an_open_span_is_bounded(secrets: SecretDetector, opening: str) -> None:
    for line in ("QUJDREVG" * 8 + "\n", "QUJDREVG"):
        text = opening + line * (3 * LONGEST // len(line))
        assert len(text) - secrets.settled(text) <= LONGEST + 64
