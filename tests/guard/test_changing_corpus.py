"""A guard that runs while its corpus is changed by others."""

from __future__ import annotations

from pathlib import Path

from corpora import Corpus, Document
from guard import Action, CheckRequest, Guard, Principal

MEMO = (
    "The seventeen herons of Brandvik are counted by the lighthouse keeper, who writes their number into the green "
    "ledger every Thursday before the ferry leaves; nobody else has ever been allowed to see what the ledger says, and "
    "the keeper burns the page of the year before on the first evening of November."
)
OTHER = "A recipe for dark rye bread with caraway, for two loaves, to be begun on the evening before."


def opened(folder: Path) -> Guard:
    memo = Document(id="memo", text=MEMO, label="restricted", readers=frozenset({"group:keepers"}))
    Corpus.build(folder / "files", [memo, Document(id="other", text=OTHER, label="public")], name="files").close()
    (folder / "echoguard.toml").write_text(
        f"[[corpora]]\nname = 'files'\npath = '{folder / 'files'}'\n[ledger]\nurl = 'sqlite:///{folder / 'l.db'}'\n"
        "[pii]\nner = false\n"
    )
    return Guard.open(folder / "echoguard.toml")


def test_what_is_removed_or_added_counts_from_the_next_check_on(tmp_path: Path) -> None:
    ann = Principal(user="ann", groups=frozenset({"staff"}))
    request = CheckRequest(answer=f"Here it is. {MEMO}", principal=ann)
    with opened(tmp_path) as guard, Corpus.open(tmp_path / "files") as elsewhere:
        assert guard.check(request).action is not Action.ALLOW
        elsewhere.update(remove=["memo"])
        assert guard.check(request).action is Action.ALLOW
        elsewhere.update(add=[Document(id="memo", text=MEMO, label="restricted")])
        verdict = guard.check(request)
        assert verdict.action is not Action.ALLOW
        assert "seventeen herons" not in verdict.text
        # New rights hold at once as well.
        elsewhere.update(add=[Document(id="memo", text=MEMO, label="public")])
        assert guard.check(request).action is Action.ALLOW


def test_a_stream_goes_on_through_changes_and_shows_nothing_that_is_protected_throughout(tmp_path: Path) -> None:
    ann = Principal(user="ann")
    words = f"{OTHER} Now for something else. {MEMO} And that was all of it, as far as anybody knows. {OTHER}".split()
    with opened(tmp_path) as guard, Corpus.open(tmp_path / "files") as elsewhere:
        shown = ""
        with guard.stream(principal=ann) as stream:
            for number, word in enumerate(words):
                if number % 20 == 7:
                    elsewhere.update(
                        add=[Document(id=f"more/{number}", text=f"Note {number}: {' '.join(words[:9])}")],
                        remove=["other"] if number == 27 else [],
                        compact=number == 47,
                    )
                shown += stream.feed(word + " ")
            verdict = stream.finish()
        assert shown + verdict.tail == verdict.text
        assert verdict.action is not Action.ALLOW
        assert "seventeen herons" not in verdict.text
