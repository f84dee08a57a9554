"""``echoguard ledger show``."""

from __future__ import annotations

import json

import pytest

from corpora import DocumentInfo
from guard.access.ledger import Account, Charge, Exposure, open_ledger
from guard.doors.cli.ledger_view import rows
from guard.doors.cli.strips import strip
from guard.rights import family_key
from tests.regurgitation.town import HARBOUR


def spend(folder, user, document, cells, tenant="default"):
    family = family_key("town", document)
    with open_ledger(f"sqlite:///{folder / 'state/ledger.db'}") as ledger:
        charge = Charge(family=family, cells=tuple(cells), user_cap=10_000, tenant_cap=10_000)
        reservation = ledger.reserve(Account(tenant, user), [charge], request_id="r")
        ledger.commit(reservation.id, {family: list(cells)})


def test_nobody_has_seen_anything(town, echoguard):
    ran = echoguard("ledger", "show")

    assert (ran.code, ran.out, ran.err) == (0, "Nothing has been shown yet.\n", "")
    assert not (town / "state").exists(), "looking makes no ledger"


def test_who_has_seen_what(town, echoguard):
    spend(town, "ann", "harbour.md", range(10))
    spend(town, "bob", "harbour.md", range(5, 20))
    exposures = json.loads(echoguard("ledger", "show", "--json").out)["exposures"]

    told = {(one["scope"], one["user"]): one for one in exposures}
    assert set(told) == {("user", "ann"), ("user", "bob"), ("tenant", None)}
    ann, together = told["user", "ann"], told["tenant", None]
    assert (ann["corpus"], ann["document"], ann["label"]) == ("town", "harbour.md", "confidential")
    assert ann["characters"] == 320
    assert ann["cells"] == [[0, 9]]
    assert together["cells"] == [[0, 19]]
    assert together["share"] == pytest.approx(640 / together["length"], abs=1e-6)


def test_the_table_has_names_figures_and_pictures(town, echoguard):
    spend(town, "ann", "harbour.md", range(10))
    ran = echoguard("ledger", "show")

    assert ran.code == 0
    for part in ("ann", "town/harbour.md", "confidential", "320 of", "█"):
        assert part in ran.out
    assert "everybody in" in ran.out


def test_only_one_user_or_organisation(town, echoguard):
    spend(town, "ann", "harbour.md", range(3))
    spend(town, "bob", "recipe.md", range(3))
    spend(town, "cyd", "recipe.md", range(3), tenant="other")

    def users(*arguments):
        told = json.loads(echoguard("ledger", "show", "--json", *arguments).out)
        return {one["user"] for one in told["exposures"]}

    assert users("--user", "ANN ") == {"ann"}
    assert users("--tenant", "other") == {"cyd", None}
    assert users("--tenant", "other", "--user", "ann") == set()
    assert users() == {"ann", "bob", "cyd", None}


def test_a_document_that_is_gone_is_still_accounted(town, echoguard):
    spend(town, "ann", "burnt.md", range(3))
    ran = echoguard("ledger", "show")

    assert "town/burnt.md" in ran.out
    assert "gone" in ran.out
    assert "96 of ?" in ran.out


def test_a_ledger_that_is_none(town, echoguard):
    (town / "state").mkdir()
    (town / "state/ledger.db").write_bytes(b"not a database at all, by any means " * 50)
    ran = echoguard("ledger", "show")

    assert ran.code == 1
    assert "ledger" in ran.line


@pytest.mark.parametrize("arguments", [["--user", " "], ["--tenant", "\ud800"], ["--config", "no.toml"], ["extra"]])
def test_bad_input_is_one_line(town, echoguard, arguments):
    ran = echoguard("ledger", "show", *arguments)

    assert ran.code == 2
    assert ran.line


def test_near_duplicates_share_one_row():
    class Two:
        def documents(self):
            common = {"corpus": "c", "kind": "retrieval", "label": "internal", "readers": frozenset(), "tenant": "t"}
            yield DocumentInfo(id="b", length=100, family="a", **common)
            yield DocumentInfo(id="a", length=64, family="a", **common)

    seen = Exposure(
        scope="user", tenant="t", user="u", family=family_key("c", "a"), cells=frozenset({0, 1, 2, 3}), updated=0.0
    )
    (row,) = rows([seen], {"c": Two()})

    assert row.document == "a, b"
    assert (row.length, row.characters, row.share) == (100, 100, 1.0)


@pytest.mark.parametrize(
    ("cells", "count", "width", "picture"),
    [
        ([], 4, 10, "····"),
        ([0, 3], 4, 10, "█··█"),
        (range(4), 4, 2, "██"),
        ([0], 4, 2, "▒·"),
        ([0, 1, 2], 8, 2, "▓·"),
        ([0], 1000, 10, "░·········"),
        (range(99), 1000, 10, "▓·········"),
        (range(100), 1000, 10, "█·········"),
        ([7, 8, -1], 4, 10, "····"),
        (range(7), 7, 3, "███"),
        ([0], 1, 1, "█"),
    ],
)
def test_strips(cells, count, width, picture):
    assert strip(cells, count, width=width) == picture


def test_a_strip_shows_whatever_was_seen_and_full_only_when_full():
    for count in (1, 2, 3, 7, 40, 41, 97, 1000):
        for width in (1, 3, 8, 40):
            everything = strip(range(count), count, width=width)
            assert set(everything) == {"█"}
            assert len(everything) == min(width, count)
            for cell in range(count):
                alone = strip([cell], count, width=width)
                assert len(alone.strip("·")) == 1
                missing = strip(set(range(count)) - {cell}, count, width=width)
                assert missing.count("█") == len(missing) - 1


def test_a_strip_for_terminals_without_block_characters():
    picture = strip(range(50), 100, width=10, blocks=False)

    assert picture == "#####....."
    assert picture.isascii()


def test_the_length_is_the_documents(town, echoguard):
    spend(town, "ann", "harbour.md", range(1000))
    (ann,) = json.loads(echoguard("ledger", "show", "--json", "--user", "ann").out)["exposures"]

    assert ann["characters"] == ann["length"] == pytest.approx(len(HARBOUR), abs=3)
    assert ann["share"] == 1.0


def test_budgets_are_given_back_and_that_is_kept(town, echoguard):
    spend(town, "ann", "harbour.md", range(10))
    spend(town, "bob", "harbour.md", range(5, 20))
    ran = echoguard("ledger", "reset", "--user", "Ann ", "--reason", "agreed", "--by", "olga")

    assert (ran.code, ran.out) == (0, "1 accounts were emptied; they held 320 characters.\n")
    left = json.loads(echoguard("ledger", "show", "--json").out)["exposures"]
    assert [(one["scope"], one["user"]) for one in left] == [("user", "bob"), ("tenant", None)]
    (kept,) = json.loads(echoguard("ledger", "resets", "--json").out)["resets"]
    assert (kept["by"], kept["reason"], kept["user"], kept["document"]) == ("olga", "agreed", "ann", None)
    assert "olga" in echoguard("ledger", "resets").out

    ran = echoguard("ledger", "reset", "--document", "town/harbour.md", "--reason", "rewritten", "--json")
    assert json.loads(ran.out)["document"] == "town/harbour.md"
    assert json.loads(echoguard("ledger", "show", "--json").out)["exposures"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--reason", "x"], "name --user, --document"),
        (["--user", "ann", "--reason", ""], "reason"),
        (["--document", "nowhere/x", "--reason", "x"], "no corpus 'nowhere'"),
        (["--document", "town", "--reason", "x"], "CORPUS/ID"),
        (["--user", "a\x00", "--reason", "x"], "control"),
    ],
)
def test_a_reset_that_says_too_little_is_refused(town, echoguard, options, told):
    spend(town, "ann", "harbour.md", range(3))
    ran = echoguard("ledger", "reset", *options)

    assert ran.code != 0
    assert told in ran.err
    assert json.loads(echoguard("ledger", "resets", "--json").out) == {"resets": []}


def test_without_a_ledger_there_is_nothing_to_give_back(town, echoguard):
    assert echoguard("ledger", "reset", "--user", "ann", "--reason", "x").code != 0
    assert echoguard("ledger", "resets").out == "Nothing was ever given back.\n"
    assert not (town / "state").exists()
