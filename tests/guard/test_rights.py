"""The guard with another source of rights than the documents' own readers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpora.document import DocumentRef
from guard import Action, CheckRequest, Guard, Principal
from guard.settings import EntitlementSetting, Settings
from guard.verdict import Reason
from tests.guard.conftest import LEASE, PAGE

REFS = (DocumentRef("files", "lease"), DocumentRef("files", "page"))


@pytest.fixture
def guard_by(open_guard: Callable[..., Guard]) -> Callable[..., Guard]:
    def build(source: Any) -> Guard:
        settings = open_guard().settings
        path = settings.path
        assert path is not None
        return Guard.open(replace(Settings.load(path), entitlements=EntitlementSetting(source=source)))

    return build


def test_the_source_lets_in_and_shuts_out(guard_by: Callable[..., Guard], ann: Principal, eve: Principal) -> None:
    """Ann's group may read the lease by its readers; the source says that it is Eve who may."""
    with guard_by(lambda principal, documents: [d.ref for d in documents if principal.user == "eve"]) as guard:
        quote = CheckRequest(answer=LEASE[160:330], principal=eve)
        assert guard.check(quote).action is Action.ALLOW
        assert guard.filter_documents(REFS, eve).kept == REFS
        verdict = guard.check(CheckRequest(answer=LEASE[160:330], principal=ann))
        assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.ENTITLEMENT)
        assert guard.filter_documents(REFS, ann).kept == REFS[1:]


def test_a_source_that_cannot_be_asked_denies_what_is_not_public(
    guard_by: Callable[..., Guard], ann: Principal
) -> None:
    def away(principal: Principal, documents: Any) -> Any:
        raise ConnectionError

    with guard_by(away) as guard:
        assert guard.filter_documents(REFS, ann).kept == REFS[1:]
        assert guard.check(CheckRequest(answer=LEASE[160:330], principal=ann)).reason is Reason.ENTITLEMENT
        assert guard.check(CheckRequest(answer=PAGE, principal=ann)).action is Action.ALLOW


def test_a_check_asks_the_source_once_for_all_it_finds(guard_by: Callable[..., Guard], ann: Principal) -> None:
    asked: list[list[str]] = []

    def source(principal: Principal, documents: Any) -> Any:
        asked.append(sorted(one.id for one in documents))
        return [one.ref for one in documents]

    with guard_by(source) as guard:
        guard.filter_documents([DocumentRef("files", name) for name in ("lease", "letter", "copy")], ann)

    assert asked == [["copy", "lease", "letter"]]


def test_a_function_is_named_in_the_settings(open_guard: Callable[..., Guard], eve: Principal, tmp_path: Path) -> None:
    guard = open_guard('[entitlements]\nsource = "callable"\ncallable = "tests.guard.test_rights:everything"\n')

    assert guard.filter_documents(REFS, eve).kept == REFS


def everything(principal: Principal, documents: Any) -> Any:
    return [one.ref for one in documents]
