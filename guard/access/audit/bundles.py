"""Zip files whose manifest of hashes the audit's key has signed."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from guard.access.audit.proofs import check_proof
from guard.access.audit.verifying import Report
from guard.errors import RequestError

if TYPE_CHECKING:
    from guard.access.audit.keys import PublicKey, SigningKey

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
PROOFS: Final = "audit/proofs.json"
MOST_BYTES: Final = 512_000_000
"""Of all files of a bundle together; one that unpacks to more is not looked at."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def write_bundle(path: Path, files: Mapping[str, bytes], key: SigningKey, *, about: Mapping[str, Any]) -> None:
    """
    Write *files* and their signed manifest to a new zip file.

    Raises:
        OSError: It cannot be written, or is there already.
    """
    manifest = {
        **about,
        "key": key.public.id,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    raw = json.dumps(manifest, indent=2).encode()
    signature = base64.b64encode(key.sign(raw))
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in (*sorted(files.items()), (MANIFEST, raw), (SIGNATURE, signature)):
            # No time of day: the same contents make the same bundle.
            bundle.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)


def verify_bundle(path: Path, keys: Sequence[PublicKey]) -> Report:
    """
    Check a bundle: the signature, every file against the manifest, every row against its chain and checkpoint.

    Raises:
        RequestError: It is no bundle, or too large to be looked at.
        OSError: It cannot be read.
    """
    report = Report()
    known = {key.id: key for key in keys}
    try:
        with zipfile.ZipFile(path) as bundle:
            if sum(info.file_size for info in bundle.infolist()) > MOST_BYTES:
                raise RequestError(f"{path}: unpacks to more than {MOST_BYTES} bytes; this is no bundle of ours")
            files = {name: bundle.read(name) for name in bundle.namelist()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise RequestError(f"{path}: no evidence bundle ({type(error).__name__})") from None
    raw, signature = files.pop(MANIFEST, b""), files.pop(SIGNATURE, b"")
    if not any(_signed(key, raw, signature) for key in keys):
        report.problem("bundle", None, "the manifest is not signed by a known key: altered, or another key")
    _compare(raw, files, report)
    try:
        told = json.loads(files.get(PROOFS, b"[]"))
    except ValueError:
        told = [None]
    for proof in told if isinstance(told, list) else [None]:
        check_proof(proof, known, report)
    return report


def _signed(key: PublicKey, raw: bytes, signature: bytes) -> bool:
    try:
        return key.verifies(base64.b64decode(signature, validate=True), raw)
    except ValueError:
        return False


def _compare(raw: bytes, files: Mapping[str, bytes], report: Report) -> None:
    """Compare what is there with what the manifest says."""
    try:
        stated = dict(json.loads(raw)["files"])
    except (ValueError, KeyError, TypeError):
        report.problem("bundle", None, "the manifest is malformed")
        return
    for name in sorted(stated.keys() | files.keys()):
        if name not in files:
            report.problem("bundle", None, f"the file {name} is missing")
        elif name not in stated:
            report.problem("bundle", None, f"the file {name} was added")
        elif hashlib.sha256(files[name]).hexdigest() != stated[name]:
            report.problem("bundle", None, f"the file {name} was altered")
