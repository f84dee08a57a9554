"""Formats that belong to no one service: signed tokens, connection strings, keys of well-known tools."""

from __future__ import annotations

import base64
import json
from typing import Final

from detectors.secrets import negatives, validators
from detectors.secrets.build import ALNUM, URLSAFE, sample, token
from detectors.secrets.rule import Rule


def _jwt_sample() -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()).decode().rstrip("=")
    payload = base64.urlsafe_b64encode(json.dumps({"sub": "sample", "n": 7}).encode()).decode().rstrip("=")
    return f"{header}.{payload}.{sample(URLSAFE, 43)}"


_NO_PASSWORDS_TEXT: Final = (
    "password pass passwd pwd secret token pw user username key tiger guest foo bar test changeit"
)
_NO_PASSWORDS: Final = frozenset(_NO_PASSWORDS_TEXT.split())


def password(address: str) -> bool:
    """Say whether the password in *address* is one and not a word for it."""
    user, _, value = address.partition("://")[2].rpartition("@")[0].partition(":")
    return (
        not negatives.placeholder(value)
        and value.lower() not in _NO_PASSWORDS
        and value.lower() != user.lower()
        and not (value.startswith(("$", "{", "<", "[", "%")) or value.isdigit())
    )


RULES: Final = (
    Rule(
        name="jwt",
        pattern=r"ey[IJ][A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{2,3000}(?:\.[A-Za-z0-9_-]{0,1000}(?:\.[A-Za-z0-9_-]{0,2000}\.[A-Za-z0-9_-]{0,100})?)?",
        anchor=("eyj", "eyi"),
        source="https://www.rfc-editor.org/rfc/rfc7519",
        matches=(_jwt_sample(),),
        near_misses=("eyJ" + sample(URLSAFE, 20) + "." + sample(URLSAFE, 20) + "." + sample(URLSAFE, 20),),
        valid=validators.jwt,
    ),
    Rule(
        name="url-password",
        pattern=r"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]{2,}+://[^\s:@/\"'`<>]{0,100}+:[^\s@/\"'`<>]{2,200}+@[^\s@\"'`<>]{1,253}",
        anchor=("://",),
        source="https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
        matches=("postgresql://app:" + sample(ALNUM, 14) + "@db.internal:5432/orders",),
        near_misses=(
            "postgresql://app:${PASSWORD}@db:5432/orders",
            "https://host.test:8080/a@b",
            "postgres://user:password@localhost",
        ),
        valid=password,
    ),
    Rule(
        name="url-token",
        pattern=r"https?://(?P<secret>[A-Za-z0-9_.~-]{20,255})@[A-Za-z0-9.-]{3,253}",
        anchor=("://",),
        source="https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
        matches=("https://" + sample(ALNUM, 40) + "@git.acme.test/acme/app.git",),
        near_misses=("https://averyveryverylongusername@git.acme.test/a.git",),
        valid=negatives.opaque,
    ),
    token(
        "age-secret-key", "AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58, "https://age-encryption.org/v1"
    ),
    Rule(
        name="ansible-vault",
        pattern=r"\$ANSIBLE_VAULT;[0-9.]{3};AES256(?:\\n[0-9a-f\\n]{64,2000})?",
        anchor=("$ansible_vault",),
        source="https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html",
        matches=("$ANSIBLE_VAULT;1.1;AES256",),
        near_misses=("$ANSIBLE_VAULT;1.1",),
        confidence=0.7,
    ),
    Rule(
        name="password-hash",
        pattern=r"\$(?:2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}|6\$(?:rounds=[0-9]{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{86}"
        r"|5\$(?:rounds=[0-9]{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43}|y\$[./A-Za-z0-9]{1,20}\$[./A-Za-z0-9]{1,90}\$[./A-Za-z0-9]{43}"
        r"|argon2(?:id|i|d)\$v=[0-9]{1,3}\$m=[0-9]{1,9},t=[0-9]{1,5},p=[0-9]{1,3}\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{16,128})",
        anchor=("$2", "$6$", "$5$", "$y$", "$argon2"),
        source="https://man7.org/linux/man-pages/man5/crypt.5.html",
        matches=("$2b$12$" + sample(ALNUM, 53), "$6$" + sample(ALNUM, 8) + "$" + sample(ALNUM, 86)),
        near_misses=("$2b$12$" + sample(ALNUM, 52),),
        confidence=0.8,
    ),
    Rule(
        name="kubernetes-bootstrap-token",
        pattern=r"(?<![A-Za-z0-9.])[a-z0-9]{6}\.[a-z0-9]{16}(?![A-Za-z0-9.])",
        anchor=(".",),
        source="https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/",
        matches=("a1b2c3." + sample("a-z0-9", 16, seed=3),),
        near_misses=("module.functionnamehere", "abcdef.ghijklmnopqrstuv"),
        valid=lambda value: negatives.opaque(value[7:]) and any(c.isdigit() for c in value[:6]),
        confidence=0.7,
    ),
)
