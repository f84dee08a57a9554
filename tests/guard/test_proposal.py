"""From atoms to text."""

from guard.proposal import Atom, finish
from guard.verdict import Action, Reason


def atom(start: int, end: int, action: Action = Action.ALLOW, **more: object) -> Atom:
    reason = more.pop("reason", Reason.OK if action is Action.ALLOW else Reason.FINDING)
    cause = more.pop("cause", "verbatim")
    return Atom(start=start, end=end, action=action, reason=reason, cause=cause, **more)  # type: ignore[arg-type]


def test_nothing_found_is_shown_as_it_is() -> None:
    outcome = finish("hello", 5, (), {})

    assert (outcome.text, outcome.action, outcome.reason, outcome.blocked) == ("hello", Action.ALLOW, Reason.OK, False)


def test_one_placeholder_for_a_stretch_and_one_for_each_of_two() -> None:
    text = "mail ann@x.example or bob@x.example now"
    atoms = (
        atom(5, 12, Action.REDACT, cause="EMAIL_ADDRESS"),
        atom(12, 18, Action.REDACT, cause="EMAIL_ADDRESS"),
        atom(22, 35, Action.REDACT, cause="EMAIL_ADDRESS"),
    )

    assert finish(text, len(text), atoms, {}).text == "mail <EMAIL_ADDRESS> or <EMAIL_ADDRESS> now"


def test_a_block_ends_the_text_and_charges_nothing_after_it() -> None:
    atoms = (
        atom(0, 2, cells=(("f", (1,)),)),
        atom(2, 4, Action.BLOCK, cause="secret"),
        atom(4, 6, cells=(("f", (2,)),)),
    )

    outcome = finish("abcdef", 6, atoms, {"f": {1, 2}})

    assert outcome.blocked
    assert outcome.text == "ab"
    assert outcome.shown == {"f": frozenset({1})}


def test_what_the_ledger_refuses_is_withheld_for_the_budget() -> None:
    atoms = (atom(0, 3, cells=(("f", (1, 2)),)), atom(3, 6, cells=(("f", (2, 3)),)))

    outcome = finish("abcdef", 6, atoms, {"f": {1, 2}})

    assert outcome.text == "abc[passage withheld]"
    assert (outcome.action, outcome.reason) == (Action.REDACT, Reason.BUDGET)
    assert outcome.shown == {"f": frozenset({1, 2})}


def test_an_unconditional_atom_is_shown_and_commits_only_what_was_granted() -> None:
    outcome = finish("abc", 3, (atom(0, 3, cells=(("f", (1, 2)),), unconditional=True),), {"f": {2}})

    assert outcome.text == "abc"
    assert outcome.shown == {"f": frozenset({2})}


def test_the_strictest_reason_is_told() -> None:
    atoms = (
        atom(0, 1, cells=(("f", (9,)),)),
        atom(1, 2, Action.REDACT),
        atom(2, 3, Action.BLOCK, reason=Reason.ENTITLEMENT),
    )

    outcome = finish("abc", 3, atoms, {})

    assert (outcome.action, outcome.reason) == (Action.BLOCK, Reason.ENTITLEMENT)
