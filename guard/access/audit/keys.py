"""The key of the audit: it signs checkpoints, and a key derived from it hashes what must not stand in a row."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guard.errors import AuditUnavailable, ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_FILE: Final = "signing.pem"
PUBLIC_FILE: Final = "signing.pub"
SEED_BYTES: Final = 32


class SigningKey:
    """An Ed25519 key that signs, and keyed hashes made with a secret derived from it."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        self._private = private
        self.public = PublicKey(private.public_key())
        seed = private.private_bytes_raw()
        self._secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"echoguard audit keyed hashes").derive(seed)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message*, 64 bytes."""
        return self._private.sign(message)

    def keyed(self, value: str) -> str:
        """Return a keyed hash of *value*, 32 hexadecimal digits, by which it can be recognised and not be read."""
        return hmac.digest(self._secret, value.encode("utf-8", "surrogatepass"), "sha256")[:16].hex()


class PublicKey:
    """What verifies signatures."""

    def __init__(self, public: Ed25519PublicKey) -> None:
        self._public = public
        self.raw = public.public_bytes_raw()
        self.id = hashlib.sha256(self.raw).hexdigest()[:16]

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Say whether *signature* is this key's, of *message*."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def text(self) -> str:
        """Return the key as :func:`public_key` reads it."""
        return f"ed25519 {base64.b64encode(self.raw).decode()}\n"


def signing_key(raw: bytes, *, where: str) -> SigningKey:
    """
    Read a private key: PEM (PKCS 8, without password), or its 32 bytes as hexadecimal digits.

    Raises:
        ConfigError: It is neither; the message names *where* it came from.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    help_ = f"{where} holds no Ed25519 key; make one with `openssl genpkey -algorithm ed25519`"
    try:
        if raw.lstrip().startswith(b"-----BEGIN"):
            private = load_pem_private_key(raw, password=None)
        else:
            private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(raw.decode("ascii").strip()))
    except Exception:  # noqa: BLE001 - the library raises several; none of their messages may be shown
        raise ConfigError(help_) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigError(help_)
    return SigningKey(private)


def public_key(raw: bytes, *, where: str) -> PublicKey:
    """
    Read a public key: ``ed25519 BASE64`` as this program writes it, or PEM.

    Raises:
        ConfigError: It is neither.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if raw.lstrip().startswith(b"-----BEGIN"):
            public = load_pem_public_key(raw)
        else:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw.split()[-1], validate=True))
    except Exception:  # noqa: BLE001 - as above
        raise ConfigError(f"{where} holds no public key of an audit") from None
    if not isinstance(public, Ed25519PublicKey):
        raise ConfigError(f"{where} holds no public key of an audit")
    return PublicKey(public)


def own_key(folder: Path) -> SigningKey:
    """
    Return the key that lies beside the audit in *folder*, made if there is none.

    Such a key protects against mistakes and against whoever may write the rows but not read the key; for more, keep it
    elsewhere and name it in the settings.

    Raises:
        AuditUnavailable: It can be neither read nor made.
    """
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        key = signing_key(path.read_bytes(), where=str(path))
        public = folder / PUBLIC_FILE
        if not public.exists():
            public.write_text(key.public.text(), encoding="ascii")
    except OSError as error:
        raise AuditUnavailable(f"the audit's key at {str(path)!r} cannot be used ({error.strerror})") from error
    return key


def _make(path: Path) -> None:
    """Make a key, unless another process is quicker."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(SEED_BYTES).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
