"""E-mail: who wrote to whom, when, about what, and the message."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import BinaryIO, Final

from corpora.errors import ReaderError
from corpora.readers.html import html_part
from corpora.readers.parts import Part, ReadOptions, whole
from corpora.readers.quiet import quiet

_HEADERS: Final = ("Subject", "From", "To", "Cc", "Date")


def read_mail(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read the headers people see and the text body, or the HTML body where there is no other."""
    data = whole(handle, options)
    with quiet("email"):
        part = _extracted(data)
    yield part


def _extracted(data: bytes) -> Part:
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(name in message for name in _HEADERS):
        raise ReaderError("has none of the headers of an e-mail")
    lines = [f"{name}: {' '.join(str(message[name]).split())}" for name in _HEADERS if message[name]]
    body = message.get_body(preferencelist=("plain", "html"))
    content = _content(body) if isinstance(body, EmailMessage) else ""
    left = sum(1 for _ in message.iter_attachments()) if message.is_multipart() else 0
    remarks = (f"{left} attached file{'s were' if left > 1 else ' was'} not read",) if left else ()
    text = "\n".join(lines) + "\n\n" + content.strip()
    return Part(text=text.strip(), title=str(message["Subject"] or ""), remarks=remarks)


def _content(body: EmailMessage) -> str:
    raw = body.get_payload(decode=True)
    if not isinstance(raw, bytes):
        raise ReaderError("has a body that cannot be decoded")
    charset = body.get_content_charset("utf-8")
    try:
        # Strict, unlike get_content(): characters replaced by question marks would never match an answer.
        text = raw.decode("utf-8" if charset in {"ascii", "us-ascii"} else charset)
    except (UnicodeError, LookupError):
        raise ReaderError("has a body in an encoding that is unknown or not the one it names") from None
    return html_part(text).text if body.get_content_type() == "text/html" else text
