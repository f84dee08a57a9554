"""Changes that are killed, and readers in other processes meanwhile."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from corpora import Corpus, Document

# Kills a child of its own at the first, second, third ... step that changes something on disk, until one gets through.
_STEPS = textwrap.dedent("""
    import json, os, signal, sys
    from corpora import Corpus, Document

    directory, texts, compact = sys.argv[1], json.load(open(sys.argv[2])), sys.argv[3] == "compact"
    CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.utime", "os.truncate"}

    def look():
        with Corpus.open(directory) as corpus:
            titles = {info.title for info in corpus.documents() if info.id in ("left", "right")}
            assert len(titles) == 1, titles
            number = int(titles.pop())
            for key in ("left", "right"):
                assert corpus.text(key) == texts[number] + key, (key, number)
            return number

    def pair(number):
        return [Document(id=key, text=texts[number] + key, title=str(number)) for key in ("left", "right")]

    def child(last):
        left = last
        def hook(event, arguments):
            nonlocal left
            writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
            if writes or event in CHANGES:
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
        corpus = Corpus.open(directory)
        sys.addaudithook(hook)
        corpus.update(add=pair(1 - before), remove=["gone"] if corpus.info("gone") else [], compact=compact)

    step = killed = old = new = 0
    while True:
        before = look()
        pid = os.fork()
        if not pid:
            try:
                child(step)
            except BaseException:
                import traceback
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        status = os.waitpid(pid, 0)[1]
        after = look()
        if os.WIFSIGNALED(status):
            killed += 1
            old += after == before
            new += after != before
            # A compaction writes twice as many files.
            step += 1 + compact
            continue
        assert status == 0, status
        assert after != before
        break
    print(json.dumps({"killed": killed, "old": old, "new": new}))
""")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["update", "compact"])
def test_killed_at_every_step_on_disk(tmp_path: Path, library: list[Document], how: str) -> None:
    """Old or new version in force, whole; readers in another process never fail; what was left over is removed."""
    directory = tmp_path / "corpus"
    texts = [library[40].text[:900], library[41].text[:900]]
    first = [Document(id=key, text=texts[0] + key, title="0") for key in ("left", "right")]
    Corpus.build(directory, [*library[:9], *first, Document(id="gone", text="x")], name="x").close()
    (tmp_path / "texts").write_text(json.dumps(texts))
    stop = threading.Event()
    wrong: list[BaseException] = []
    looks = 0

    def read() -> None:
        nonlocal looks
        try:
            with Corpus.open(directory) as kept:
                while not stop.is_set():
                    with Corpus.open(directory) as fresh:
                        assert fresh.info("left") is not None
                    assert {match.document_id for match in kept.matches(library[3].text[:400])} == {"doc/3"}
                    looks += 1
                    time.sleep(0.1)
        except BaseException as error:  # noqa: BLE001 - told to the test
            wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _STEPS, str(directory), str(tmp_path / "texts"), how],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        stop.set()
        reader.join()
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert wrong == []
    assert looks > 5
    # Killed before and after the rename, many times.
    assert counts["killed"] > 20
    assert counts["old"] > 10
    assert counts["new"] >= 1
    in_force = (directory / "current").read_text().strip()
    segments = [one["name"] for one in json.loads((directory / f"{in_force}.json").read_text())["segments"]]
    assert {entry.name for entry in directory.iterdir()} == {"current", "lock", f"{in_force}.json", *segments}
    assert len(segments) == (1 if how == "compact" else 2)


_CHANGING = textwrap.dedent("""
    import itertools, sys
    from corpora import Corpus, Document
    text = open(sys.argv[2]).read()
    corpus = Corpus.open(sys.argv[1])
    print("go", flush=True)
    for n in itertools.count(int(sys.argv[3])):
        pair = [Document(id=key, text=f"{text} {key}", title=str(n)) for key in ("left", "right")]
        corpus.update(add=pair, compact=n % 3 == 0)
        print(n, flush=True)
""")


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path, library: list[Document]) -> None:
    directory, source = tmp_path / "corpus", tmp_path / "text"
    source.write_text(library[40].text)
    first = [Document(id=key, text="x", title="0") for key in ("left", "right")]
    Corpus.build(directory, [*library[:12], *first], name="x").close()
    rnd = random.Random(5)
    told = 0
    with Corpus.open(directory) as kept:
        for _ in range(4):
            writer = subprocess.Popen(
                [sys.executable, "-c", _CHANGING, str(directory), str(source), str(told + 1)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(rnd.uniform(0.05, 2.0))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            said = writer.stdout.read().split()
            writer.stdout.close()
            told = int(said[-1]) if said else told
            with Corpus.open(directory) as fresh:
                fresh.verify()
                for corpus in (fresh, kept):
                    titles = {info.title for info in corpus.documents() if info.id in {"left", "right"}}
                    # What was told is in force; what was not told yet may be.
                    assert titles in ({str(told)}, {str(told + 1)})
                    assert len(corpus) == 14
                told = int(titles.pop())
        kept.update(remove=["left", "right"])
        assert len(kept) == 12
    assert told > 0


_FOLLOWER = textwrap.dedent("""
    import sys
    from corpora import Corpus
    corpus = Corpus.open(sys.argv[1])
    for line in sys.stdin:
        print(",".join(sorted({match.document_id for match in corpus.matches(line)})), flush=True)
""")


def test_another_process_sees_a_change_with_its_next_call(tmp_path: Path, library: list[Document]) -> None:
    corpus = Corpus.build(tmp_path, library[:12], name="x")
    with subprocess.Popen(
        [sys.executable, "-c", _FOLLOWER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as follower:
        assert follower.stdin is not None
        assert follower.stdout is not None

        def ask(document: Document) -> str:
            follower.stdin.write(document.text[:400] + "\n")  # type: ignore[union-attr]
            follower.stdin.flush()  # type: ignore[union-attr]
            return follower.stdout.readline().strip()  # type: ignore[union-attr]

        assert ask(library[3]) == "doc/3"
        for _ in range(3):
            corpus.update(remove=["doc/3"], add=[library[20]])
            assert (ask(library[3]), ask(library[20])) == ("", "doc/20")
            corpus.update(remove=["doc/20"], add=[library[3]])
            assert (ask(library[3]), ask(library[20])) == ("doc/3", "")
        follower.stdin.close()
