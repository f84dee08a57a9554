"""Hyperscan and its stand-in see the same, and what is compiled is kept where nobody else can change it."""

from __future__ import annotations

import os
import platform
import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.secrets import SecretDetector, store
from detectors.secrets.automaton import AutomatonScanner
from detectors.secrets.database import HyperscanScanner, available, database_key
from detectors.secrets.factors import factors
from detectors.secrets.places import OPTIONS, PLACES
from detectors.secrets.rules import RULES
from detectors.secrets.scan import MARKS, WORDS, Hits, open_scanner, view
from tests.detectors.conftest import SECRETS
from tests.detectors.test_laws import FILLER

pytestmark = pytest.mark.skipif(not available(), reason="Hyperscan does not run on this processor")


@pytest.fixture(scope="session")
def fast(tmp_path_factory: pytest.TempPathFactory) -> SecretDetector:
    detector = SecretDetector(cache=tmp_path_factory.mktemp("cache"))
    assert detector.warm().name == "hyperscan"
    return detector


@pytest.fixture(scope="session")
def plain() -> SecretDetector:
    return SecretDetector(scanner=AutomatonScanner(RULES))


SAMPLES = [sample for rule in RULES for sample in (*rule.matches, *rule.near_misses)]
pieces = st.one_of(
    st.sampled_from(SAMPLES),
    st.sampled_from(SECRETS),
    st.sampled_from(FILLER),
    st.sampled_from(WORDS),
    st.sampled_from(MARKS),
    st.text(max_size=12),
    st.sampled_from(
        ["K", "ſ", "İ", "Ö", "пароль ", "密码：", "\u2028", "\xa0", "\x85", "\x1c", "?", "\ud800", "\x00", "\r\n"]
    ),
)
texts = st.lists(pieces, max_size=10).map("".join)
LAW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@LAW
@given(text=texts)
def test_both_scanners_find_the_same(fast: SecretDetector, plain: SecretDetector, text: str) -> None:
    assert fast.detect(text) == plain.detect(text)


@LAW
@given(text=texts)
def test_what_both_say_of_words_values_and_marks_is_equal(
    fast: SecretDetector, plain: SecretDetector, text: str
) -> None:
    def said(hits: Hits) -> tuple[list[int], set[int], set[str]]:
        return hits.values, set(hits.words), hits.marks

    assert said(fast.warm().scan(view(text))) == said(plain.warm().scan(view(text)))


@settings(LAW, max_examples=len(RULES))
@given(data=st.data())
def test_whatever_a_rule_matches_is_seen_by_both(
    fast: SecretDetector, plain: SecretDetector, data: st.DataObject
) -> None:
    """A rule's short pieces and literals are such that no match lacks one, whatever the expression allows."""
    number = data.draw(st.integers(0, len(RULES) - 1))
    rule = RULES[number]
    text = data.draw(st.from_regex(re.compile(rule.pattern, re.ASCII), fullmatch=True))
    for scanner in (fast.warm(), plain.warm()):
        ends = [end for one, end in scanner.scan(view(text)).tokens if one == number]
        assert any(end <= len(text) for end in ends), rule.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_sample_holds_a_piece_of_its_rule(rule) -> None:
    for sample in rule.matches:
        assert any(re.search(piece.encode(), sample.encode(), re.DOTALL) for piece in factors(rule.pattern))


def test_a_piece_is_telling_and_never_more_than_the_expression_says() -> None:
    assert factors(r"(?<![A-Z])AK[0-9]{4}") == (r"(?:^|[\x00-\x40\x5b-\xff])\x41\x4b[\x30-\x39]{4}",)
    assert factors(r"x?tok_[a-f]{2,9}") == (r"\x74\x6f\x6b\x5f[\x61-\x66]{2}",)
    assert set(factors(r"(?:ab|cd)z")) == {r"\x61\x62\x7a", r"\x63\x64\x7a"}
    assert factors(r"(?i:ab)c") == (r"[\x41\x61][\x42\x62]\x63",)
    assert factors(r".[^a]b") == (r"[\x00-\xff][\x00-\x60\x62-\xff]\x62",)


def test_the_words_that_places_wait_for_are_looked_for() -> None:
    assert {*(stems[0] for stems, _ in PLACES), *(command for command, _, _ in OPTIONS)} <= set(MARKS)
    assert all(word == word.lower() or not word.isascii() for word in (*WORDS, *MARKS))


def test_sixty_four_threads_see_what_one_sees(fast: SecretDetector) -> None:
    rows = [" and ".join(random.Random(seed).sample(SAMPLES, 6)) for seed in range(128)]
    alone = [fast.detect(row) for row in rows]
    with ThreadPoolExecutor(64) as pool:
        for _ in range(3):
            assert list(pool.map(fast.detect, rows)) == alone


def test_what_is_compiled_is_loaded_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RULES[:5]
    first = HyperscanScanner(rules, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.name == f"secrets-{database_key(rules)}.hsdb"
    monkeypatch.setattr("detectors.secrets.database.expressions", lambda _: pytest.fail("compiled again"))
    seen = view(rules[1].matches[0])
    assert HyperscanScanner(rules, cache=tmp_path).scan(seen) == first.scan(seen)


def test_other_rules_have_another_name() -> None:
    assert database_key(RULES[:5]) != database_key(RULES[:6])
    assert database_key(RULES[:5]) == database_key(RULES[:5])


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 4096])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    rules = RULES[:3]
    good = HyperscanScanner(rules, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage or whole[:-10])
    seen = view(rules[0].matches[0])
    assert HyperscanScanner(rules, cache=tmp_path).scan(seen) == good.scan(seen)
    assert file.read_bytes() == whole


def test_nothing_is_read_that_others_may_write(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    assert store.keep(folder, "a", b"body")
    assert store.load(folder, "a") == b"body"
    assert folder.stat().st_mode & 0o077 == 0

    (folder / "a").chmod(0o666)
    assert store.load(folder, "a") is None
    (folder / "a").chmod(0o600)
    folder.chmod(0o777)
    assert store.load(folder, "a") is None
    assert not store.keep(folder, "b", b"body")
    folder.chmod(0o700)
    assert store.load(folder, "a") == b"body"

    (folder / "link").symlink_to(folder / "a")
    assert store.load(folder, "link") is None
    assert store.load(folder, "missing") is None
    assert store.load(tmp_path / "nowhere", "a") is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_nothing_is_read_that_belongs_to_another(tmp_path: Path) -> None:
    store.keep(tmp_path, "a", b"body")
    os.chown(tmp_path / "a", 12345, 12345)
    assert store.load(tmp_path, "a") is None


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not store.keep(tmp_path / "file" / "below", "a", b"body")
    assert SecretDetector(RULES[:2], cache=tmp_path / "file" / "below").detect("nothing") == []


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ECHOGUARD_CACHE", str(tmp_path))
    assert store.default_folder() == tmp_path
    monkeypatch.setenv("ECHOGUARD_CACHE", "")
    assert store.default_folder() is None
    monkeypatch.delenv("ECHOGUARD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.default_folder() == tmp_path / "echoguard"


def test_hyperscan_is_the_first_choice() -> None:
    assert open_scanner(RULES[:2], cache=None).name == (
        "hyperscan" if platform.machine() == "x86_64" else "aho-corasick"
    )
