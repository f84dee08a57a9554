"""Sealed evidence: kept only where it was asked for, readable only with the private key, gone in time unless held."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guard import CheckRequest, Guard
from guard.access.incidents import Desk, open_desk
from guard.access.incidents.evidence import MOST_PIECES, Evidence, kept, opened, public_bytes, seal
from guard.errors import ConfigError
from guard.principal import Principal
from guard.settings import LedgerSetting
from guard.watch import Asked


@pytest.fixture
def private() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture
def desk(tmp_path: Path):
    with open_desk(LedgerSetting(f"sqlite:///{tmp_path}/ledger.db")) as one:
        yield one


def test_only_its_own_key_opens_it_for_its_own_incident(private: X25519PrivateKey) -> None:
    sealed = seal(b'{"answer":"a"}', private.public_key(), "i-1")

    assert opened(sealed, private, "i-1") == {"answer": "a"}
    assert sealed != seal(b'{"answer":"a"}', private.public_key(), "i-1")
    for wrong in (
        lambda: opened(sealed, X25519PrivateKey.generate(), "i-1"),
        lambda: opened(sealed, private, "i-2"),
        lambda: opened(sealed[:-1] + bytes([sealed[-1] ^ 1]), private, "i-1"),
    ):
        with pytest.raises(ValueError, match="another key"):
            wrong()


def asked(evidence: Evidence, request_id: str) -> None:
    evidence.asked(Asked(at=0.0, principal=Principal(), request_id=request_id, question=f"about {request_id}"))


def test_it_is_bounded_and_goes_in_time_unless_held(desk: Desk, private: X25519PrivateKey) -> None:
    from guard.access.incidents import Moment, Severity
    from guard.access.incidents.book import Threshold

    now = [1_800_000_000.0]
    evidence = Evidence(desk.store, private.public_key().public_bytes_raw(), days=30.0, clock=lambda: now[0])
    rule = Threshold(Severity.HIGH, 1, 10.0)
    held, other = (
        desk.book.add("extraction", "acme", user, Moment(at=0.0, kind="k", reason="r"), rule).incident.id
        for user in ("ann", "bob")
    )
    desk.book.hold(held, held=True)
    for number in range(MOST_PIECES + 3):
        asked(evidence, f"r{number}")
        assert evidence.keep(other, f"r{number}") is (number < MOST_PIECES)
    asked(evidence, "h")
    assert evidence.keep(held, "h")
    assert not evidence.keep(held, "h"), "once"
    assert not evidence.keep(held, None)
    now[0] += 31 * 86_400
    asked(evidence, "later")
    evidence.keep("i-later", "later")

    assert kept(desk.store, other) == []
    assert [opened(one, private, held)["question"] for one in kept(desk.store, held)] == ["about h"]


def test_what_is_forgotten_is_not_kept(desk: Desk, private: X25519PrivateKey) -> None:
    evidence = Evidence(desk.store, private.public_key().public_bytes_raw(), days=1.0, clock=lambda: 0.0)
    for number in range(400):
        asked(evidence, f"r{number}")
    assert not evidence.keep("i-1", "r0")
    assert evidence.keep("i-1", "r399")


def test_from_an_answer_to_what_the_key_holder_reads(
    open_guard: Callable[..., Guard], tmp_path: Path, private: X25519PrivateKey, eve: Principal
) -> None:
    from tests.guard.conftest import LETTER

    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "evidence.pub").write_bytes(pem)
    guard = open_guard('[incidents]\nevidence_key_file = "evidence.pub"\n')
    guard.check(CheckRequest(answer=LETTER, question="What does the letter say?", principal=eve, request_id="r1"))
    with open_desk(guard.settings.ledger) as desk:
        (incident,) = desk.book.listed()
        (piece,) = (opened(one, private, incident.id) for one in kept(desk.store, incident.id))

    assert (piece["answer"], piece["question"]) == (LETTER, "What does the letter say?")
    raw = b"".join(path.read_bytes() for path in (tmp_path / "state").glob("ledger.db*"))
    assert b"lipoma" not in raw


def test_without_the_key_nothing_is_kept(guard: Guard, eve: Principal) -> None:
    from tests.guard.conftest import LETTER

    guard.check(CheckRequest(answer=LETTER, principal=eve))
    with open_desk(guard.settings.ledger) as desk:
        (incident,) = desk.book.listed()
        assert kept(desk.store, incident.id) == []


@pytest.mark.parametrize("raw", [b"", b"short", b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----", b"A" * 43])
def test_what_is_no_key(raw: bytes) -> None:
    with pytest.raises(ConfigError, match="X25519"):
        public_bytes(raw, where="here")
