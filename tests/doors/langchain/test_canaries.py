"""The guarded retriever hands out no markers and no decoys."""

from langchain_core.documents import Document as Chunk
from langchain_core.runnables import RunnableLambda

from corpora import Corpus, Document
from corpora.planting import marked, marker
from corpora.planting.decoys import decoy_id
from guard import Principal
from guard.doors.langchain import GuardedRetriever, one_request
from guard.settings import CorpusSetting
from tests.doors.langchain.texts import HANDBOOK

KEY = b"a key for the tests only"
DECOY = decoy_id(KEY, "handbook", "hr/notes-", ".md")
BOB = Principal(user="bob")


def chunk(name: str, text: str) -> Chunk:
    return Chunk(page_content=text, metadata={"echoguard_corpus": "handbook", "echoguard_id": name})


def test_markers_are_taken_out_and_decoys_dropped(open_guard, tmp_path) -> None:
    texts = {"hr/handbook": HANDBOOK, DECOY: "Nobody asks about this. " * 20}
    copies = {
        name: marked(text, lambda at, name=name: marker(KEY, "handbook", name, at, decoy=name == DECOY))
        for name, text in texts.items()
    }
    documents = [Document(id=name, text=text, readers=frozenset({"*"})) for name, text in copies.items()]
    Corpus.build(tmp_path / "index", documents, name="handbook").close()
    guard = open_guard(canary_keys=(KEY,), corpora=(CorpusSetting("handbook", tmp_path / "index"),))
    whole, half = copies["hr/handbook"], copies["hr/handbook"].index("EXDOC") + 12
    found = [
        chunk("hr/handbook", whole),
        chunk("hr/handbook", whole[:half]),
        chunk("hr/handbook", whole[half:]),
        chunk(DECOY, copies[DECOY]),
        # Named as something else, its markers tell.
        chunk("hr/handbook", copies[DECOY]),
    ]
    door = GuardedRetriever(retriever=RunnableLambda(lambda _: found), guard=guard, principal=BOB)
    with one_request() as run:
        kept = [one.page_content for one in door.invoke("What does the handbook say?")]

    assert kept[0] == HANDBOOK
    assert "".join(kept[1:]) == HANDBOOK
    assert (len(kept), run.withheld) == (3, 2)
    assert [ref.id for ref in run.documents] == ["hr/handbook"]
    assert "EXDOC" in found[0].page_content, "the store's own chunk stays as it is"
