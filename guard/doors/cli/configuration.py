"""Finding and opening what a command works on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from guard.doors.cli.failures import CommandError
from guard.settings import LedgerSetting, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpora import Corpus
    from guard.engine import Guard

DEFAULT_FILE: Final = "echoguard.toml"


def load_settings(path: Path | None) -> Settings:
    """
    Return the settings of *path*; without one, those the environment names, else ``./echoguard.toml``, else defaults.

    Raises:
        ConfigError: The file is missing or wrong.
    """
    if path is not None:
        return Settings.load(path)
    settings = Settings.load()
    if settings.path is None and Path(DEFAULT_FILE).is_file():
        return Settings.load(DEFAULT_FILE)
    return settings


@contextmanager
def opened_guard(settings: Settings, *, record: bool) -> Iterator[Guard]:
    """
    Open the guard, and close it at the end.

    Without corpora there is nothing to keep accounts of: unless *record* asks for one, the ledger is then thrown away,
    so that a check in any folder leaves nothing behind.

    Raises:
        GuardError: It cannot be opened.
        CorpusError: A corpus cannot be opened.
    """
    from guard.engine import Guard

    if settings.corpora or record:
        with Guard.open(settings) as guard:
            yield guard
        return
    with TemporaryDirectory(prefix="echoguard-") as folder:
        ledger = LedgerSetting(f"sqlite:///{Path(folder) / 'ledger.db'}")
        with Guard.open(replace(settings, ledger=ledger)) as guard:
            yield guard


def missing_ledger(settings: Settings) -> bool:
    """Say whether the ledger is a file that nobody has made yet."""
    scheme = "sqlite:///"
    url = settings.ledger.url
    return url.startswith(scheme) and not Path(url.removeprefix(scheme)).exists()


def open_corpora(directories: Iterable[Path]) -> dict[str, Corpus]:
    """
    Open the corpora in *directories*, by name.

    Raises:
        CorpusError: One cannot be opened.
        CommandError: Two have the same name.
    """
    from corpora import Corpus

    opened: dict[str, Corpus] = {}
    try:
        for directory in directories:
            corpus = Corpus.open(directory)
            if corpus.name in opened:
                corpus.close()
                raise CommandError(f"two corpora are named {corpus.name!r}; give each a name of its own")
            opened[corpus.name] = corpus
    except BaseException:
        close_all(opened.values())
        raise
    return opened


def close_all(corpora: Iterable[Corpus]) -> None:
    """Close every corpus."""
    for corpus in corpora:
        corpus.close()
