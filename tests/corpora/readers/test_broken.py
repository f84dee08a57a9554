"""Files that cannot be read: reported with a reason that holds none of their text, and never fatal."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora.errors import ReaderError
from corpora.readers import FAMILIES
from corpora.readers.parts import ReadOptions
from corpora.readers.registry import Family, read_parts

SECRET = "xylophone"


def zip_of(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "no text"),
        ("blank.md", b" \n\t\n", "no text"),
        ("only.md", b"---\nlabel: public\n---\n", "no text"),
        ("latin.txt", b"xylophone caf\xe9", "UTF-8"),
        ("nul.txt", b"xylophone\0", "NUL"),
        ("half.txt", b"xylophone \xf0\x9f\x98", "UTF-8"),
        ("half16.txt", b"\xff\xfex\0y\0\x00\xd8", "binary"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0\0xylophone", "binary"),
        ("bytes.dat", bytes(range(1, 256)), "UTF-8"),
        ("bad.html", b"<p>xylophone \xff\xff", "UTF-8"),
        ("liar.html", b"<meta charset=utf-8><p>xylophone \xe9", "UTF-8"),
        ("strange.html", b"<meta charset=no-such-thing><p>xylophone \xe9", "UTF-8"),
        ("bad.pdf", b"%PDF-1.4 xylophone", "broken"),
        ("empty.pdf", b"", "broken"),
        ("bad.docx", b"PK\x03\x04 xylophone", "broken"),
        ("no.docx", zip_of(xylophone=b"xylophone"), "broken"),
        ("bad.eml", b"xylophone\nxylophone\n", "headers"),
        ("charset.eml", b"Subject: a\nContent-Type: text/plain; charset=nope\n\nxylophone \xff", "encoding"),
        ("liar.eml", b"Subject: a\nContent-Type: text/plain; charset=utf-8\n\nxylophone \xff", "encoding"),
        ("long.csv", b'"xylophone' + b"x" * 200_000, "table"),
        ("sixteen.jsonl", '{"text": "xylophone"}'.encode("utf-16"), "UTF-8"),
        ("open.md", b"---\nlabel: xylophone\n", "without an end"),
        ("far.md", b"---\nlabel: public\n" + b"# xylophone\n" * 1_500 + b"---\nbody", "without an end"),
        ("list.md", b"---\n- xylophone\n---\nbody", "not a list of"),
        ("alias.md", b"---\nreaders: [*]\nlabel: xylophone\n---\nbody", "line 2"),
        ("tag.md", b"---\nreaders: [!group:xylophone]\n---\nbody", "malformed"),
        ("deep.md", b"---\n" + b"[" * 2_000 + b"\n---\nxylophone", "malformed"),
        ("code.md", b"---\nid: !!python/object/apply:os.system [xylophone]\n---\nbody", "malformed"),
        ("twice.md", b"---\nlabel: public\nlabel: restricted\n---\nxylophone", "twice"),
        ("typo.md", b"---\nlable: restricted\n---\nxylophone", "'label'"),
        ("plural.md", b"---\nlables: restricted\n---\nxylophone", "'label'"),
        ("single.md", b"---\nreader: 'group:hr'\n---\nxylophone", "'readers'"),
        ("case.md", b"---\nLabel: restricted\n---\nxylophone", "'label'"),
        ("type.md", b"---\nlabel: [xylophone]\n---\nbody", "label must be"),
        ("none.md", b"---\nlabel:\n---\nxylophone", "label must be"),
        ("reader.md", b"---\nreaders: [xylophone]\n---\nbody", "a reader must"),
        ("comma.md", b"---\nreaders: 'group:a, group:xylophone'\n---\nbody", "readers must"),
        ("nested.md", b"---\nreaders: [[group:xylophone]]\n---\nbody", "readers must"),
        ("tenant.md", b"---\ntenant: 3\n---\nxylophone", "tenant must"),
        ("tenant2.md", "---\ntenant: a\u200bb\n---\nxylophone".encode(), "tenant must"),
        ("id.md", b"---\nid: true\n---\nxylophone", "id must"),
        ("long.md", b"---\nid: " + b"x" * 1025 + b"\n---\nxylophone", "id must"),
        ("title.md", b"---\ntitle: {xylophone: 1}\n---\nbody", "title must"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(tmp_path: Path, load, name, content, reason):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "zz-good.txt").write_text("still read")

    loaded = load(tmp_path)

    assert [document.text for document in loaded.documents] == ["still read"]
    assert [skipped.path for skipped in loaded.skipped] == [tmp_path / name]
    assert reason in loaded.skipped[0].reason
    assert SECRET not in loaded.skipped[0].reason


def test_encrypted_pdf(tmp_path: Path, load, pdf):
    (tmp_path / "p.pdf").write_bytes(pdf(SECRET, password="pw"))

    assert "encrypted" in load(tmp_path).reason


def test_a_scan_is_reported_and_not_taken_for_empty(tmp_path: Path, load, pdf):
    (tmp_path / "p.pdf").write_bytes(pdf(""))

    assert "scan" in load(tmp_path).reason


def test_truncated_pdf_is_read_in_full_or_not_at_all(tmp_path: Path, load, pdf):
    whole = pdf("first page", "second page")
    for cut in range(0, len(whole), 61):
        path = tmp_path / f"{cut:05}.pdf"
        path.write_bytes(whole[:cut])

    assert {document.text for document in load(tmp_path).documents} <= {"first page\n\nsecond page"}


def test_truncated_docx(tmp_path: Path, load, word):
    whole = word(lambda document: document.add_paragraph(SECRET))
    (tmp_path / "cut.docx").write_bytes(whole[: len(whole) // 2])

    assert "broken" in load(tmp_path).reason


def test_zip_bomb_is_not_unpacked(tmp_path: Path, load):
    (tmp_path / "bomb.docx").write_bytes(zip_of(**{"word/document.xml": b"\0" * 3_000_000}))

    assert "unpacks" in load(tmp_path, max_bytes=100_000).reason


def test_external_entities_are_not_read(tmp_path: Path, load, word):
    (tmp_path / "secret").write_text(SECRET)
    good = zipfile.ZipFile(io.BytesIO(word(lambda document: document.add_paragraph("PLACE"))))
    entries = {name: good.read(name) for name in good.namelist()}
    body = entries["word/document.xml"].replace(b"PLACE", b"safe &leak; end")
    head, _, rest = body.partition(b"?>")
    entity = f'?><!DOCTYPE d [<!ENTITY leak SYSTEM "{(tmp_path / "secret").as_uri()}">]>'.encode()
    (tmp_path / "x.docx").write_bytes(zip_of(**{**entries, "word/document.xml": head + entity + rest}))

    assert all(SECRET not in document.text for document in load(tmp_path / "x.docx").documents)


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.docx", "a.eml", "a.csv", "a.py", "a.unknown"])
def test_too_large(tmp_path: Path, load, name):
    (tmp_path / name).write_bytes(b"x" * 101)

    assert "larger than 100 bytes" in load(tmp_path, max_bytes=100).reason


def test_a_file_at_the_bound_is_read(tmp_path: Path, load):
    (tmp_path / "a.txt").write_bytes(b"x" * 100)

    assert len(load(tmp_path, max_bytes=100).only.text) == 100


def test_unreadable_file(tmp_path: Path, load, monkeypatch):
    """The tests may run as root, whom no permission stops, so the system's refusal is played."""
    (tmp_path / "locked.txt").write_text(SECRET)
    (tmp_path / "open.txt").write_text("read")
    real = os.open

    def refusing(path: Any, *rest: Any) -> int:
        if str(path).endswith("locked.txt"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refusing)
    loaded = load(tmp_path)

    assert [document.id for document in loaded.documents] == ["open.txt"]
    assert [skipped.reason for skipped in loaded.skipped] == ["cannot be read: permission denied"]


def test_a_disk_that_fails_while_reading(monkeypatch):
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ReaderError, match=r"cannot be read: input/output error"):
        list(read_parts(PurePath("a.txt"), Failing(), ReadOptions()))


def test_a_named_pipe_does_not_hang_the_loader(tmp_path: Path, load):
    os.mkfifo(tmp_path / "pipe.txt")

    assert load(tmp_path).reason == "is not a regular file"


def test_whatever_a_parser_raises_becomes_a_reader_error():
    def reader(handle: Any, options: ReadOptions) -> Iterator[Any]:
        yield from ()
        raise RecursionError(SECRET)

    from corpora.readers import registry

    family = Family("mad", (".mad",), reader)
    registry._BY_SUFFIX[".mad"] = family
    try:
        with pytest.raises(ReaderError) as caught:
            list(read_parts(PurePath("a.mad"), io.BytesIO(), ReadOptions()))
    finally:
        del registry._BY_SUFFIX[".mad"]

    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


PREFIXES = (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"---\n", b"\xff\xfe", b"Subject: ", b'{"text": ', b"<html><p>")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    suffix=st.sampled_from([family.suffixes[0] for family in FAMILIES] + ["", ".bin"]),
    prefix=st.sampled_from(PREFIXES),
    body=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
)
def test_no_bytes_whatever_raise_anything_but_reader_error(suffix, prefix, body):
    try:
        parts = list(read_parts(PurePath("file" + suffix), io.BytesIO(prefix + body), ReadOptions()))
    except ReaderError:
        return
    for part in parts:
        if hasattr(part, "text"):
            part.text.encode("utf-8")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_to_good_files_raises_nothing_but_reader_error(pdf, word, data):
    suffix = data.draw(st.sampled_from([".pdf", ".docx"]))
    good = (
        pdf("some words", "more") if suffix == ".pdf" else word(lambda document: document.add_paragraph("some words"))
    )
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        parts = list(read_parts(PurePath("file" + suffix), io.BytesIO(bytes(damaged)), ReadOptions()))
    except ReaderError:
        return
    assert len(parts) == 1


def test_parsers_say_nothing(tmp_path: Path, load, pdf, capfd, caplog):
    (tmp_path / "a.pdf").write_bytes(pdf("some words").replace(b"%PDF", b"junk%PDF"))
    (tmp_path / "b.html").write_bytes(b'<?xml version="1.0"?><html><p>x<p <<</html>')

    load(tmp_path)

    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_quiet_silences_warnings_and_loggers_below_and_restores_both(caplog):
    import logging
    import warnings

    from corpora.readers.quiet import quiet

    with quiet("noisy"):
        warnings.warn(SECRET, stacklevel=1)  # an error here, unless silenced
        logging.getLogger("noisy.inner").critical(SECRET)
    assert not caplog.records

    logging.getLogger("noisy.inner").warning("heard again")
    assert len(caplog.records) == 1
    with pytest.warns(UserWarning, match="heard again"):
        warnings.warn("heard again", stacklevel=1)
