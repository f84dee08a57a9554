from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from guard import Guard
from guard.doors.cli.demo import knowledge, people


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> knowledge.Knowledge:
    """The sample knowledge base as the demo builds it."""
    skipped: list[object] = []
    documents = knowledge.sample_documents(skipped.append)
    questions = people.sample_script().questions
    made = knowledge.prepare(tmp_path_factory.mktemp("demo"), documents, people.people_of(questions), skipped)
    assert made.skipped == ()
    return made


@pytest.fixture(scope="session")
def sample_guard(prepared: knowledge.Knowledge) -> Iterator[Guard]:
    with Guard.open(prepared.settings) as guard:
        yield guard


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Somebody's own two documents."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "lease.md").write_text(
        "# Lease of the quay\n\nThe harbour office leases the northern quay to the rowing club until the end of 2031. "
        "The yearly rent is 4,310 and falls due on the first working day of March; a late payment costs forty a week. "
        "The club keeps the crane in order, lets the fire brigade through at any hour, and stores no fuel on the "
        "premises. Should the harbour need the quay for dredging, the club moves its boats within nine days and pays "
        "no rent for the weeks it was away. The gate key stays with the caretaker, Mrs. Odegaard.\n",
        encoding="utf-8",
    )
    (docs / "recipe.txt").write_text(
        "Fish soup for the regatta dinner: simmer heads and bones of two cod with leek, bay and white pepper for forty "
        "minutes, strain, add diced celeriac and carrot, and finish with cream and the cheeks poached apart.\n",
        encoding="utf-8",
    )
    return docs
