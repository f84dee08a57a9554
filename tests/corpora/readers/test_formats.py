"""Each family of files, read from real files on disk."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from corpora.readers import FAMILIES, family_of


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"plain words\r\nsecond line", "plain words\r\nsecond line"),
        ("a.md", b"# Head\n\nBody.", "# Head\n\nBody."),
        ("a.py", b"---\nlabel: public\n---\nx = 1\n", "---\nlabel: public\n---\nx = 1\n"),
        ("Dockerfile", b"FROM scratch\n", "FROM scratch\n"),
        ("notes.unknown", "na\u00efve".encode(), "na\u00efve"),
        ("bom8.txt", b"\xef\xbb\xbfcaf\xc3\xa9", "caf\u00e9"),
        ("bom16le.txt", "\ufeffcaf\u00e9 \U0001f600".encode("utf-16-le"), "caf\u00e9 \U0001f600"),
        ("bom16be.txt", "\ufeffcaf\u00e9".encode("utf-16-be"), "caf\u00e9"),
        ("bom32.txt", "\ufeffcaf\u00e9".encode("utf-32-le"), "caf\u00e9"),
        ("a.csv", b'name,price\n"bed, large",900\n\n', "name | price\nbed, large | 900"),
        ("b.csv", b"name;price\nbed;900,50\n", "name | price\nbed | 900,50"),
        ("a.tsv", b"name\tprice\nbed\t900\n", "name | price\nbed | 900"),
    ],
)
def test_text_and_tables(tmp_path: Path, load, name, content, expected):
    (tmp_path / name).write_bytes(content)

    document = load(tmp_path).only

    assert document.text == expected
    assert document.id == name


def test_html_shows_what_a_reader_of_the_page_sees(tmp_path: Path, load):
    (tmp_path / "p.html").write_text(
        "<html><head><title>The  page</title><style>p { color: red }</style></head><body><!-- note -->"
        "<h1>Big   news</h1><p>One <b>bold</b>\n word<p>two&amp;three<br>four<script>var hidden = '<p>'</script>"
        "<table><tr><th>a<th>b<tr><td>1<td>2</table><pre>  kept\n    as is</pre></body></html>",
        encoding="utf-8",
    )

    document = load(tmp_path).only

    assert document.text == ("The page\nBig news\nOne bold word\ntwo&three\nfour\na | b\n1 | 2\n  kept\n    as is")
    assert document.title == "The page"


def test_html_text_is_kept_however_deep_it_stands(tmp_path: Path, load):
    """A parser that builds a tree drops what is below its depth limit without a word."""
    depth = 20_000
    (tmp_path / "deep.html").write_text("<div>" * depth + "bottom" + "</div>" * depth + "<p>after", encoding="utf-8")

    assert load(tmp_path).only.text == "bottom\nafter"


def test_html_says_its_own_encoding_and_utf8_is_tried_first(tmp_path: Path, load):
    (tmp_path / "old.html").write_bytes(b'<meta charset="iso-8859-2"><p>' + "\u0142\u00f3d\u017a".encode("iso-8859-2"))
    (tmp_path / "wrong.html").write_bytes(b'<meta charset="iso-8859-2"><p>' + "\u0142\u00f3d\u017a".encode())

    assert [document.text for document in load(tmp_path).documents] == ["\u0142\u00f3d\u017a"] * 2


def test_pdf(tmp_path: Path, load, pdf):
    (tmp_path / "two.pdf").write_bytes(pdf("First page here", "Second page here", title="Both pages"))

    document = load(tmp_path).only

    assert document.text == "First page here\n\nSecond page here"
    assert document.title == "Both pages"


def test_pdf_locked_against_changes_only_is_read(tmp_path: Path, load, pdf):
    import io

    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf("Open to read")))
    writer.encrypt(user_password="", owner_password="owner", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")

    assert load(tmp_path).only.text == "Open to read"


def test_docx_reads_everything_a_person_can_read_in_order(tmp_path: Path, load, word):
    def fill(document):
        document.core_properties.title = "Minutes"
        document.add_heading("Agenda", 1)
        first = document.add_paragraph("Before ")
        first.add_run("the").bold = True
        first.add_run("\ttable")
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(table._cells, ("a", "b", "c", "d"), strict=True):
            cell.text = text
        table.cell(1, 1).add_paragraph("second")
        document.add_paragraph("After the table")
        document.sections[0].header.paragraphs[0].text = "Head of page"

    (tmp_path / "m.docx").write_bytes(word(fill))

    document = load(tmp_path).only

    assert document.text == "Agenda\nBefore the table\na | b\nc | d second\nAfter the table\nHead of page"
    assert document.title == "Minutes"


def test_docx_keeps_insertions_and_content_controls_but_no_deletions(tmp_path: Path, load, word):
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def fill(document):
        for xml in (
            f"<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            (
                f"<w:p {space}><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
                "<w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
            ),
        ):
            document.element.body.insert(0, parse_xml(xml))

    (tmp_path / "m.docx").write_bytes(word(fill))

    assert load(tmp_path).only.text == "new\ncontrol"


def test_mail(tmp_path: Path, load):
    (tmp_path / "m.eml").write_bytes(
        b"From: Ann <ann@halden.example>\r\nTo: Ben <ben@halden.example>\r\nX-Spam: no\r\n"
        b"Subject: =?utf-8?q?Caf=C3=A9?= opening\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode("Gr\u00fc\u00dfe, Ann".encode())
        + b"\r\n--x\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename=a.pdf\r\n\r\nxx\r\n--x--\r\n"
    )

    loaded = load(tmp_path)

    assert loaded.only.text == (
        "Subject: Caf\u00e9 opening\nFrom: Ann <ann@halden.example>\nTo: Ben <ben@halden.example>\n"
        "Date: Mon, 02 Mar 2026 10:00:00 +0000\n\nGr\u00fc\u00dfe, Ann"
    )
    assert loaded.only.title == "Caf\u00e9 opening"
    assert [note.remark for note in loaded.notes] == ["1 attached file was not read"]


def test_docx_reads_a_text_box_once_though_it_is_stored_twice(tmp_path: Path, load, word):
    from docx.oxml import parse_xml

    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:p><w:r><w:t>boxed</w:t></w:r></w:p>"

    def fill(document):
        document.element.body.insert(
            0,
            parse_xml(
                f'<w:p xmlns:w="{main}" xmlns:mc="{compatible}"><w:r><mc:AlternateContent><mc:Choice Requires="wps">'
                f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
            ),
        )

    (tmp_path / "m.docx").write_bytes(word(fill))

    assert load(tmp_path).only.text == "boxed"


def test_mail_with_two_bodies_gives_the_plain_one(tmp_path: Path, load):
    (tmp_path / "m.eml").write_bytes(
        b"Subject: Hi\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n"
        b"--x\nContent-Type: text/html\n\n<p>rich</p>\n--x\nContent-Type: text/plain\n\nplain\n--x--\n"
    )

    loaded = load(tmp_path)

    assert loaded.only.text == "Subject: Hi\n\nplain"
    assert not loaded.notes


def test_mail_falls_back_to_its_html_body(tmp_path: Path, load):
    (tmp_path / "m.eml").write_bytes(
        b"Subject: Hi\nContent-Type: text/html; charset=iso-8859-1\n\n<p>caf\xe9</p><p>two</p><script>no</script>"
    )

    assert load(tmp_path).only.text == "Subject: Hi\n\ncaf\u00e9\ntwo"


def test_json_lines_hold_one_document_each(tmp_path: Path, load):
    rows = [
        {
            "text": "one",
            "id": 7,
            "label": "Confidential ",
            "readers": ["group:HR"],
            "tenant": "Acme",
            "title": "T",
            "n": 1,
        },
        {"text": "two", "title": None},
    ]
    (tmp_path / "d.jsonl").write_text("\ufeff" + json.dumps(rows[0]) + "\n\n" + json.dumps(rows[1]), encoding="utf-8")

    one, two = load(tmp_path, label="public").documents

    assert (one.id, one.text, one.label, one.readers, one.tenant, one.title) == (
        "7", "one", "confidential", frozenset({"group:hr"}), "acme", "T",
    )  # fmt: skip
    assert (two.id, two.text, two.label, two.tenant) == ("d.jsonl#3", "two", "public", "default")


def test_json_lines_with_other_field_names(tmp_path: Path, load):
    (tmp_path / "d.ndjson").write_text('{"body": "one", "key": "k", "class": "restricted", "label": "spam"}\n')

    document = load(tmp_path, fields={"text": "body", "id": "key", "label": "class"}).only

    assert (document.id, document.text, document.label) == ("k", "one", "restricted")


def test_a_broken_line_costs_that_line_only(tmp_path: Path, load):
    lines = [
        b'{"text": "good"}',
        b'{"text": "bad"',
        b"[1]",
        b'{"no": "text"}',
        b'{"text": "half \\ud800"}',
        b'{"text": "t", "label": "public", "label": "restricted"}',
        b'{"text": "t", "label": 3}',
        b'{"text": "caf\xe9"}',
        b"[" * 100_000,
        b'{"text": "last", "label": "secret"}',
    ]
    (tmp_path / "d.jsonl").write_bytes(b"\n".join(lines))

    loaded = load(tmp_path)

    assert [(document.text, document.label) for document in loaded.documents] == [
        ("good", "internal"),
        ("last", "restricted"),
    ]
    assert [skipped.reason.split(":")[0] for skipped in loaded.skipped] == [f"line {n}" for n in range(2, 10)]
    assert len(loaded.notes) == 1
    assert loaded.notes[0].remark.startswith("line 10: ")


def test_json_lines_have_no_bound_but_their_longest_line(tmp_path: Path, load):
    row = b'{"text": "%s"}\n'
    (tmp_path / "d.jsonl").write_bytes(row % (b"a" * 80) + row % (b"b" * 3_000_000) + row % (b"c" * 80) * 3)

    loaded = load(tmp_path, max_bytes=100)

    assert [document.text[0] for document in loaded.documents] == ["a", "c", "c", "c"]
    assert [skipped.reason[:8] for skipped in loaded.skipped] == ["line 2: "]


def test_no_suffix_belongs_to_two_families():
    suffixes = [suffix for family in FAMILIES for suffix in family.suffixes]

    assert len(suffixes) == len(set(suffixes))
    assert all(suffix == suffix.casefold() and suffix.startswith(".") for suffix in suffixes)
    assert family_of(Path("REPORT.PDF")).name == "pdf"
