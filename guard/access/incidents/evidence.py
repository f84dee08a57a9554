"""
Questions and answers of an incident, sealed.

They are kept only where the settings say so, and only the holder of a private key, which is not on this machine, can
read them.
Sealed to an X25519 key: a new key pair for every piece, HKDF-SHA-256 over the shared secret, ChaCha20-Poly1305 with the
incident's id as associated data.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select

from guard.access.incidents.schema import EVIDENCE, INCIDENT
from guard.access.ledger.keys import digest
from guard.errors import ConfigError
from guard.watch.events import Asked, Judged, Retrieved, Signal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    from guard.access.ledger.store import Store

LONGEST: Final = 20_000
"""Characters kept of a question, and of an answer."""
MOST_PIECES: Final = 20
"""Pieces kept for one incident, the first ones."""
MOST_REMEMBERED: Final = 256
"""Questions and answers held in memory until it is clear whether an incident comes of them."""
_KEY_BYTES: Final = 32

_NUMBER: Final = select(func.count()).select_from(EVIDENCE).where(EVIDENCE.c.incident == bindparam("own"))
_NEW: Final = insert(EVIDENCE)
_OF: Final = (
    select(EVIDENCE.c.sealed, EVIDENCE.c.created)
    .where(EVIDENCE.c.incident == bindparam("own"))
    .order_by(EVIDENCE.c.created)
)
_EXPIRE: Final = delete(EVIDENCE).where(
    EVIDENCE.c.created < bindparam("before"),
    EVIDENCE.c.incident.not_in(select(INCIDENT.c.id).where(INCIDENT.c.held.is_(True))),
)


class Evidence:
    """
    An observer that remembers what was asked and answered for a moment, and keeps it where an incident comes of it.

    Thread-safe if its store is.

    Args:
        store: With the incidents' tables.
        public: Whom it is sealed to, 32 bytes.
        days: How long it is kept, unless the incident is held.
        clock: Seconds since the epoch.

    Raises:
        ConfigError: *public* is no X25519 key.
    """

    name = "evidence"

    def __init__(self, store: Store, public: bytes, *, days: float, clock: Callable[[], float]) -> None:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        try:
            self._public = X25519PublicKey.from_public_bytes(public)
        except ValueError:
            raise ConfigError("incidents.evidence_key is no X25519 public key") from None
        self._store = store
        self._days = days
        self._clock = clock
        self._turn = threading.Lock()
        self._lately: OrderedDict[str, dict[str, str]] = OrderedDict()

    def asked(self, event: Asked) -> Iterable[Signal]:
        """Remember a question for a moment."""
        self._remember(event.request_id, question=event.question)
        return ()

    def retrieved(self, event: Retrieved) -> Iterable[Signal]:
        """Remember nothing."""
        del event
        return ()

    def judged(self, event: Judged) -> Iterable[Signal]:
        """Remember an answer for a moment, and its question."""
        if event.record:
            texts = {"answer": event.answer} | ({} if event.question is None else {"question": event.question})
            self._remember(event.request_id, **texts)
        return ()

    def _remember(self, request_id: str, **texts: str) -> None:
        with self._turn:
            known = self._lately.setdefault(request_id, {})
            known.update({name: text[:LONGEST] for name, text in texts.items()})
            self._lately.move_to_end(request_id)
            if len(self._lately) > MOST_REMEMBERED:
                self._lately.popitem(last=False)

    def keep(self, incident: str, request_id: str | None) -> bool:
        """
        Seal and keep what was asked and answered under *request_id*, if it is still known; say whether it was kept.

        Raises:
            LedgerUnavailable: It cannot be kept.
        """
        with self._turn:
            texts = self._lately.pop(request_id, None) if request_id is not None else None
        if not texts:
            return False
        now = self._clock()
        piece = json.dumps({"request_id": request_id, "at": now, **texts}).encode()
        with self._store.transaction() as work:
            self._store.lock(work, [digest("evidence", incident)])
            work.run(_EXPIRE, before=now - self._days * 86_400)
            if work.row(_NUMBER, own=incident)[0] >= MOST_PIECES:
                return False
            sealed = seal(piece, self._public, incident)
            work.run(_NEW, id=secrets.token_hex(16), incident=incident, created=now, sealed=sealed)
        return True


def kept(store: Store, incident: str) -> list[bytes]:
    """Return the sealed pieces of an incident, the earliest first."""
    with store.transaction(durable=False, write=False) as work:
        return [bytes(sealed) for sealed, _ in work.rows(_OF, own=incident)]


def seal(piece: bytes, public: X25519PublicKey, incident: str) -> bytes:
    """Return *piece* so that only the holder of the private key can read it, and only as evidence of *incident*."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    own = X25519PrivateKey.generate()
    head = own.public_key().public_bytes_raw()
    key = _derived(own.exchange(public), head + public.public_bytes_raw())
    # A key of its own for every piece, so one nonce does.
    return head + ChaCha20Poly1305(key).encrypt(bytes(12), piece, incident.encode())


def opened(sealed: bytes, private: X25519PrivateKey, incident: str) -> dict[str, Any]:
    """
    Return what was sealed.

    Raises:
        ValueError: Another key sealed it, it belongs to another incident, or it was altered.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    head, rest = sealed[:_KEY_BYTES], sealed[_KEY_BYTES:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(head))
    key = _derived(shared, head + private.public_key().public_bytes_raw())
    try:
        told: dict[str, Any] = json.loads(ChaCha20Poly1305(key).decrypt(bytes(12), rest, incident.encode()))
    except InvalidTag:
        raise ValueError("another key is needed, or it was altered") from None
    return told


def _derived(shared: bytes, parties: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"echoguard evidence" + parties
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(shared)


def public_bytes(raw: bytes, *, where: str) -> bytes:
    """
    Read an X25519 public key: PEM, or its 32 bytes in base64.

    Raises:
        ConfigError: It is neither; the message names *where* it came from.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if raw.lstrip().startswith(b"-----BEGIN"):
            loaded = load_pem_public_key(raw)
            if isinstance(loaded, X25519PublicKey):
                return loaded.public_bytes_raw()
        else:
            found = base64.b64decode(raw.strip(), validate=True)
            if len(found) == _KEY_BYTES:
                return found
    except Exception:  # noqa: BLE001, S110 - the library raises several; what is said below fits all
        pass
    raise ConfigError(f"{where} holds no X25519 public key; make a pair with `openssl genpkey -algorithm x25519`")
