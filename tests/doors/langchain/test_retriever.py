"""The guarded retriever: only what the reader may read goes into a prompt, and nobody is told the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.documents import Document as Chunk
from langchain_core.runnables import RunnableLambda
from langchain_core.vectorstores import InMemoryVectorStore

from guard import Guard, GuardUnavailable, Principal
from guard.doors.langchain import GuardedRetriever, NotAdmitted, one_request
from guard.errors import RequestError
from guard.settings import TierSetting
from tests.doors.langchain.test_chat_model import Ears
from tests.doors.langchain.texts import leaked

QUESTION = "What do suppliers deliver, and what does the handbook say on travel?"


def ids(chunks: list[Chunk]) -> set[str]:
    return {chunk.metadata["echoguard_id"] for chunk in chunks}


@pytest.fixture
def retriever(store: InMemoryVectorStore, guard: Guard, bob: Principal) -> GuardedRetriever:
    return GuardedRetriever(retriever=store.as_retriever(search_kwargs={"k": 3}), guard=guard, principal=bob)


def test_each_reader_gets_what_they_may_read(retriever: GuardedRetriever, ann: Principal) -> None:
    assert {"hr/handbook", "web/product"} == ids(retriever.invoke(QUESTION))
    assert {"hr/handbook", "web/product", "legal/contract"} == ids(retriever.for_principal(ann).invoke(QUESTION))
    assert {"web/product"} == ids(retriever.for_principal(Principal()).invoke(QUESTION))


def test_async_and_batch_do_the_same(retriever: GuardedRetriever) -> None:
    expected = {"hr/handbook", "web/product"}

    assert expected == ids(asyncio.run(retriever.ainvoke(QUESTION)))
    assert [expected] * 2 == [ids(found) for found in retriever.batch([QUESTION, QUESTION])]
    assert [expected] * 2 == [ids(found) for found in asyncio.run(retriever.abatch([QUESTION, QUESTION]))]


def test_order_and_words_of_what_is_kept_are_those_of_the_store(
    retriever: GuardedRetriever, store: InMemoryVectorStore, ann: Principal
) -> None:
    assert store.similarity_search(QUESTION, k=3) == retriever.for_principal(ann).invoke(QUESTION)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"echoguard_id": "web/product"},
        {"echoguard_corpus": "handbook"},
        {"echoguard_corpus": "handbook", "echoguard_id": 7},
        {"echoguard_corpus": "handbook", "echoguard_id": "nobody/knows"},
        {"echoguard_corpus": "other", "echoguard_id": "web/product"},
    ],
)
def test_what_does_not_say_where_it_comes_from_is_dropped(
    guard: Guard, ann: Principal, metadata: dict[str, Any]
) -> None:
    source = RunnableLambda(lambda _: [Chunk(page_content="text", metadata=metadata)])

    assert GuardedRetriever(retriever=source, guard=guard, principal=ann).invoke(QUESTION) == []


def test_the_names_of_the_metadata_can_be_set(guard: Guard, ann: Principal) -> None:
    source = RunnableLambda(lambda _: [Chunk(page_content="text", metadata={"kb": "handbook", "doc": "web/product"})])
    door = GuardedRetriever(retriever=source, guard=guard, principal=ann, corpus_key="kb", id_key="doc")

    assert len(door.invoke(QUESTION)) == 1


def test_only_a_count_is_told(retriever: GuardedRetriever, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with one_request("r-1") as run:
        kept = retriever.invoke(QUESTION)

    assert run.withheld == 1
    assert ids(kept) == {ref.id for ref in run.documents}
    assert any("withheld 1 of 3 retrieved chunks (request r-1)" in record.message for record in caplog.records)
    assert "legal/contract" not in caplog.text


def test_handlers_do_not_hear_what_is_dropped(retriever: GuardedRetriever) -> None:
    ears = Ears()
    chain = RunnableLambda(lambda text: text) | retriever
    chain.invoke(QUESTION, config={"callbacks": [ears]})

    async def events() -> list[Any]:
        return [event async for event in chain.astream_events(QUESTION, version="v2")]

    assert any("hr/handbook" in heard for heard in ears.heard)
    assert "legal/contract" not in " ".join(ears.heard)
    assert leaked(" ".join(ears.heard)) is None
    assert "legal/contract" not in repr(asyncio.run(events()))


def test_a_refused_question_retrieves_nothing(
    open_guard: Callable[..., Guard], store: InMemoryVectorStore, bob: Principal
) -> None:
    guard = open_guard(tiers={"standard": TierSetting(per_minute=1, per_day=1, tenant_per_minute=1)})
    door = GuardedRetriever(retriever=store.as_retriever(), guard=guard, principal=bob)
    door.invoke(QUESTION)

    with pytest.raises(NotAdmitted) as refused:
        door.invoke(QUESTION)
    assert refused.value.retry_after > 0
    assert refused.value.reason == "limit"
    assert QUESTION not in str(refused.value)
    with pytest.raises(NotAdmitted):
        asyncio.run(door.ainvoke(QUESTION))


def test_a_guard_that_cannot_decide_hands_out_nothing(retriever: GuardedRetriever, guard: Guard) -> None:
    guard.close()

    with pytest.raises(GuardUnavailable):
        retriever.invoke(QUESTION)
    with pytest.raises(GuardUnavailable):
        asyncio.run(retriever.ainvoke(QUESTION))


def test_the_principal_of_a_run_counts_only_when_trusted(retriever: GuardedRetriever, ann: Principal) -> None:
    run: Any = {"configurable": {"echoguard_principal": ann}}
    trusting = retriever.model_copy(update={"trust_config": True})

    assert "legal/contract" not in ids(retriever.invoke(QUESTION, config=run))
    assert "legal/contract" in ids(trusting.invoke(QUESTION, config=run))
    assert "legal/contract" in ids(asyncio.run(trusting.ainvoke(QUESTION, config=run)))
    with pytest.raises(RequestError):
        trusting.invoke(QUESTION, config={"configurable": {"echoguard_principal": "ann"}})
