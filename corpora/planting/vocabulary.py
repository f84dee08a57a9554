"""What a corpus talks about: pairs of words that several of its documents use, for decoys to talk about as well."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

MOST_CHARACTERS: Final = 3_000_000
"""Code points of a corpus that are looked at."""
_MOST_OF_ONE: Final = 20_000
_MOST_PHRASES: Final = 400
_FEWEST_PHRASES: Final = 24
_PAIR: Final = re.compile(r"(?<![\w-])(?=([a-z]{4,14}) ([a-z]{4,14})(?![\w-]))")
_NOT_LAST: Final = re.compile(r".*(?:ly|ing|ed|ous|ive|able|ible|ful|less|est|ate|ary)")
_NEVER: Final = frozenset(
    """
    about above after again against also although among another anything because been before being below between
    both cannot come could does doing done down during each either else even every everything following from full
    given goes have having here however into itself just keep kept know later least less like made make makes many
    more most much must near need needs neither never next none nothing often once only onto other others ours
    over same shall should since some something soon still such sure take taken takes than that their them then
    there these they thing things this those through thus together told took toward under until upon used uses
    using very want well went were what when where whether which while whole whom whose will with within without
    would year years your first second third last four five seven eight nine hundred thousand said says tell tells
    gave give gives back find found left right long short good better best great high large small early late
    almost always already maybe perhaps rather quite twelve eleven thirteen fourteen fifteen sixteen twenty thirty
    forty fifty sixty half double minutes hours days weeks months today tomorrow yesterday morning evening
    """.split()  # noqa: SIM905 - a table of words reads better than two hundred strings
)
_SPARE: Final = (
    *("storage contract", "service desk", "delivery schedule", "test protocol", "spare parts", "release notes"),
    *("access review", "data transfer", "cost estimate", "training plan", "quality check", "building permit"),
    *("power supply", "measuring station", "customer survey", "pilot group", "price agreement", "archive room"),
    *("maintenance window", "project budget", "safety briefing", "field report", "sample batch", "backup site"),
)


class Vocabulary:
    """Collects what texts talk about; the first few million code points are enough."""

    def __init__(self) -> None:
        self._documents: Counter[str] = Counter()
        self._read = 0

    def add(self, text: str) -> None:
        """Look at one document."""
        if self._read >= MOST_CHARACTERS:
            return
        head = text[:_MOST_OF_ONE]
        self._read += len(head)
        pairs = {(pair[1], pair[2]) for pair in _PAIR.finditer(head)}
        self._documents.update(f"{one} {two}" for one, two in pairs if _says_something(one, two))

    def phrases(self) -> tuple[str, ...]:
        """Return the pairs that most documents use, in a fixed order; general ones where there are too few."""
        common = sorted(self._documents.items(), key=lambda item: (-item[1], item[0]))
        found = [pair for pair, count in common if count > 1][:_MOST_PHRASES]
        if len(found) < _FEWEST_PHRASES:
            found += [pair for pair, count in common if count == 1][: _FEWEST_PHRASES - len(found)]
        return tuple(found if len(found) >= _FEWEST_PHRASES else dict.fromkeys([*found, *_SPARE]))


def _says_something(one: str, two: str) -> bool:
    return one != two and one not in _NEVER and two not in _NEVER and not _NOT_LAST.fullmatch(two)
