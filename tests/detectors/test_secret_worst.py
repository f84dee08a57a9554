"""Nothing that anybody writes makes the search for credentials slow."""

from __future__ import annotations

import time

import pytest

from detectors.secrets import SecretDetector
from detectors.secrets.rule import Rule
from detectors.secrets.rules import RULES
from detectors.secrets.scan import MARKS, WORDS

SIZE = 30_000
SECONDS = 1.5
"""It takes some 0.2 s; a busy machine may take several times that, and what grows with the square takes minutes."""

UNITS = {
    "hex": "0123456789abcdef",
    "digests": "9f86d081884c7d659a2feaa0c55ad015 ",
    "uuids": "6b0d549b-6f03-475a-9600-a35a099950d8 ",
    "values": "Zk93jd8sKq02mmXp1vT4 ",
    "keys": "key Zk93jd8sKq02mmXp1vT4 ",
    "passwords": "use Tr0ub4dor-3 as ",
    "password for": "password for a b c ",
    "tokens": "token is ",
    "addresses": "a://b:c",
    "addresses with @": "http://a:b@",
    "one long address": "http://",
    "curl": "curl -u a:",
    "options": "curl -u -u -u ",
    "login": "login a password ",
    "attributes": 'password" a="b" value=',
    "credentials": "credentials are ",
    "shares": "net use z: ",
    "hashes": "$2a$10$",
    "vaults": "$ANSIBLE_VAULT;1.1;AES256\\n",
    "key heads": "-----BEGIN PRIVATE KEY-----\nabc\n",
    "key lines": "-----BEGIN PRIVATE KEY-----\n" + "QUJD" * 16 + "\n",
    "public heads": "-----BEGIN CERTIFICATE-----\nabc ",
    "dashes": "-",
    "line ends": "\\n%0A&#10;",
    "braces": "{",
    "key files": '{"type": "service_account", ',
    "key files with keys": '{"type":"a","private_key":"-----BEGIN PRIVATE KEY-----',
    "signed tokens": "eyJhbGciOiJIUzI1NiJ9.",
    "glued": "key_token_secret_1",
    "wide": "пароль ",
    **{f"mark {mark}": mark + " " for mark in MARKS},
    **{f"word {word}": word + " " for word in WORDS},
}


def taken(detector: SecretDetector, text: str) -> float:
    start = time.process_time()
    detector.detect(text)
    detector.settled(text)
    return time.process_time() - start


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_what_is_repeated_takes_no_longer_than_it_is_long(secrets: SecretDetector, unit: str) -> None:
    assert taken(secrets, unit * (SIZE // len(unit))) < SECONDS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_is_slow_on_what_almost_matches_it(secrets: SecretDetector, rule: Rule) -> None:
    """The rule's own samples cut short, glued together, spoilt at the end, and its literals alone."""
    sample = rule.matches[0]
    spoilt = (sample[: len(sample) // 2], sample[:-1], sample + "@", sample[:-1] + " ", rule.anchor[0])
    text = "\n".join(part * (4_000 // len(part)) for part in spoilt)
    start = time.process_time()
    for _ in rule.find(text.replace(" ", "_")):
        pass
    assert time.process_time() - start < SECONDS
    assert taken(secrets, text) < SECONDS


@pytest.mark.parametrize("unit", ["7", "a", "A", "aB3", "/", ".", "="])
def test_a_megabyte_without_a_space(secrets: SecretDetector, unit: str) -> None:
    assert taken(secrets, unit * (1_000_000 // len(unit))) < 10


def test_credentials_that_overlap_hide_none(secrets: SecretDetector) -> None:
    """Tokens inside addresses, behind decoys and beside one another: every character of each is covered."""
    for number, rule in enumerate(RULES):
        token, other = rule.matches[0], RULES[(number * 7 + 3) % len(RULES)].matches[0]
        for text in (f"{token} {other}", f"{token[:6]} {token} {other[:9]} {other}", f"({token}) and [{other}]"):
            covered = {place for one in secrets.detect(text) for place in range(one.span.start, one.span.end)}
            for one, value in ((rule, token), (RULES[(number * 7 + 3) % len(RULES)], other)):
                at = text.rindex(value)
                wanted = {at + place for start, end in one.find(value) for place in range(start, end)}
                assert wanted <= covered, (one.name, text[:40])
