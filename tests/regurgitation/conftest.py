from __future__ import annotations

import pytest

from corpora import Corpus
from tests.regurgitation.servers import make_app, running
from tests.regurgitation.town import documents


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    directory = tmp_path_factory.mktemp("suite") / "town"
    with Corpus.build(directory, documents(), name="town") as built:
        yield built


@pytest.fixture(scope="session")
def corpora(corpus):
    return {"town": corpus}


@pytest.fixture(scope="session")
def server():
    """The address of the servers of ``servers.py``, and the application."""
    app = make_app()
    with running(app) as address:
        yield address, app
