"""Private keys however they are written: found whole, to the letter, and nothing else with them."""

from __future__ import annotations

import json

import pytest

from detectors.secrets import SecretDetector
from detectors.secrets.build import BASE64, sample

LINES = [*(sample(BASE64, 64, seed=number) for number in range(4)), sample(BASE64, 30, seed=9) + "=="]
BLOCK = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *LINES, "-----END RSA PRIVATE KEY-----"])
WAYS = {
    "as it is": BLOCK,
    "CRLF": BLOCK.replace("\n", "\r\n"),
    "escaped": BLOCK.replace("\n", "\\n"),
    "escaped twice": BLOCK.replace("\n", "\\\\n"),
    "indented": BLOCK.replace("\n", "\n      "),
    "quoted mail": BLOCK.replace("\n", "\n> "),
    "JSON array": BLOCK.replace("\n", '",\n  "'),
    "concatenated": BLOCK.replace("\n", '\\n" +\n  "'),
    "numbered": BLOCK.replace("\n", "\n 2: "),
    "comment": BLOCK.replace("\n", "\n# "),
    "difference": BLOCK.replace("\n", "\n+"),
    "one line": BLOCK.replace("\n", " "),
    "HTML": BLOCK.replace("\n", "<br>\n").replace("+", "&#43;"),
    "percent": BLOCK.replace("+", "%2B").replace(" ", "%20").replace("\n", "%0A"),
    "typographic dashes": BLOCK.replace("-----", "—–"),
    "no end": BLOCK.rpartition("\n")[0],
    "cut off": BLOCK[:180],
    "one line of it": "\n".join(BLOCK.split("\n")[:2]),
    "PGP": BLOCK.replace("RSA PRIVATE KEY-----", "PGP PRIVATE KEY BLOCK-----").replace("\n", "\nVersion: 2\n\n", 1),
    "SSH2": BLOCK.replace("-----", "----").replace("----BEGIN RSA PRIVATE", "---- BEGIN SSH2 ENCRYPTED PRIVATE"),
    "PuTTY": "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: ann\nPrivate-Lines: 5\n" + "\n".join(LINES),
}  # fmt: skip


@pytest.mark.parametrize("block", WAYS.values(), ids=WAYS)
def test_a_private_key_is_one_finding_that_covers_it_exactly(secrets: SecretDetector, block: str) -> None:
    text = f"Here it is:\n\n{block}\n\nKeep it safe and tell nobody."
    (one,) = secrets.detect(text)

    assert (one.rule, one.span.of(text)) == ("private-key", block)


FIELDS = {
    "type": "service_account",
    "project_id": "acme-7",
    "private_key": BLOCK + "\n",
    "client_email": "robot@acme-7.iam.example.com",
    "token_uri": "https://accounts.example.com/token",
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("order", [list(FIELDS), list(FIELDS)[::-1]], ids=["forwards", "backwards"])
def test_the_key_file_of_a_service_account_is_one_credential(
    secrets: SecretDetector, order: list[str], indent: int | None
) -> None:
    file = json.dumps({name: FIELDS[name] for name in order}, indent=indent)
    text = f"The file:\n{file}\nand {{more}}"
    (one,) = secrets.detect(text)

    assert (one.rule, one.span.of(text)) == ("service-account-key", file)


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN CERTIFICATE-----\n{LINES[0]}\n{LINES[1]}\n-----END CERTIFICATE-----",
        f"-----BEGIN PUBLIC KEY-----\n{LINES[0]}\n-----END PUBLIC KEY-----",
        "The line -----BEGIN PRIVATE KEY----- opens a block and -----END PRIVATE KEY----- closes it.",
        'The field "private_key" of {"type": "service_account"} holds it.',
    ],
)
def test_what_may_be_known_is_left_alone(secrets: SecretDetector, text: str) -> None:
    assert secrets.detect(text) == []
