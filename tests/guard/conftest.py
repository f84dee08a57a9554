"""A small installation on disk: real corpora, a real ledger, every detector."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpora import Corpus, Document
from guard import Guard, Principal

LEASE = (
    "The landlord grants the tenant exclusive use of the three cold rooms at Brennerhof and of the loading dock "
    "between five and nine in the morning. Rent is due on the second working day of each month and rises by four "
    "hundredths every other spring, whatever the price index says. Should the compressors fail for longer than "
    "six hours, the tenant may move the goods at the landlord's expense and withhold a thirtieth of the rent for "
    "each day begun. The parties have agreed that the dispute over the flooded basement is settled by a payment "
    "of eighteen thousand crowns, which neither side will mention to insurers, neighbours or the trade press. "
    "Either side may end the lease by registered letter, nine months before the harvest. Keys, alarm codes and "
    "the spare generator are handed over against a signed list. Subletting needs consent in writing, which may be"
    " refused without reasons. Repairs below two hundred crowns are the tenant's, those above are the landlord's,"
    " and what lies between has always been argued about over coffee."
)
LETTER = (
    "Dear colleague, the biopsy of the left shoulder showed a benign lipoma, so the second operation planned for "
    "the week after Whitsun can be called off. She still wakes at night with numb fingers, most likely from the "
    "old fracture of the collar bone, and has stopped the tablets on her own account because they made her dizzy "
    "on the ladder. I have asked her to bring the diary of her blood pressure and to leave the motorbike at home "
    "until the nerve test is done."
)
PAGE = (
    "Our cheese matures in a disused railway tunnel for at least fourteen months. Every wheel is turned by hand "
    "on Tuesdays, brushed with brine from the valley spring, and tapped with a silver hammer before it leaves."
)
TRAINING = (
    "Seven grey herons stood on the weir that morning, and the miller's boy counted them twice because the priest"
    " had promised a coin for every bird that would still be there when the bells began."
)

SETTINGS = """
[[corpora]]
name = "files"
path = "state/files"
[[corpora]]
name = "lake"
path = "state/lake"
[ledger]
url = "sqlite:///state/ledger.db"
"""


@pytest.fixture(scope="session")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two indexes, built once: a retrieval corpus and a training corpus."""
    folder = tmp_path_factory.mktemp("indexes")
    documents = [
        Document(id="lease", text=LEASE, label="confidential", readers=frozenset({"group:estate"}), tenant="acme"),
        Document(id="letter", text=LETTER, label="restricted", readers=frozenset({"group:clinic"}), tenant="acme"),
        Document(id="page", text=PAGE, label="public", tenant="acme"),
        Document(id="copy", text="Do not pass on. " + PAGE, label="internal", readers=frozenset({"*"}), tenant="acme"),
    ]
    Corpus.build(folder / "files", documents, name="files").close()
    Corpus.build(folder / "lake", [Document(id="herons", text=TRAINING)], name="lake", kind="training").close()
    return folder


@pytest.fixture
def open_guard(indexes: Path, tmp_path: Path) -> Iterator[Callable[..., Guard]]:
    """Open a guard over the two indexes and a ledger of its own; extra TOML is appended to the settings."""
    opened: list[Guard] = []

    def build(extra: str = "", *, name: str = "echoguard.toml") -> Guard:
        state = tmp_path / "state"
        state.mkdir(exist_ok=True)
        for index in ("files", "lake"):
            if not (state / index).exists():
                (state / index).symlink_to(indexes / index)
        path = tmp_path / name
        path.write_text(SETTINGS + extra, encoding="utf-8")
        guard = Guard.open(path)
        opened.append(guard)
        return guard

    yield build
    for guard in opened:
        guard.close()


@pytest.fixture
def guard(open_guard: Callable[..., Guard]) -> Guard:
    return open_guard()


@pytest.fixture
def ann() -> Principal:
    """May read the lease."""
    return Principal(user="Ann ", tenant="acme", groups=frozenset({"Estate"}))


@pytest.fixture
def eve() -> Principal:
    """May read neither the lease nor the letter."""
    return Principal(user="eve", tenant="acme", groups=frozenset({"kitchen"}))


@pytest.fixture
def doc() -> Principal:
    """May read the letter."""
    return Principal(user="doc", tenant="acme", groups=frozenset({"clinic"}))
