"""What every detector promises, for texts with planted values."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora.planting import marker
from corpora.span import Span
from detectors import Detector, Finding, Kind
from detectors.canaries import CanaryDetector
from detectors.merge import merge
from detectors.pii import PiiDetector
from detectors.secrets import SecretDetector
from tests.detectors.conftest import KEY, PERSONAL, SECRETS

MARKERS = tuple(marker(KEY, "handbook", name) for name in ("a", "hr/42"))

FILLER = (
    "The report is due. ",
    "see below",
    "\n",
    "\n\n",
    " ",
    "e.g. ",
    "Dr. ",
    "“quoted” ",
    "no. 7, ",
    "Ünïcode 你好 ",
    "the token is ",
    "password: ",
    "key=",
    "`",
    '"',
    "(",
    "), ",
    "0123 ",
    "a" * 40,
    "id 4711",
    "- item\n",
    "Born on ",
    "call ",
    "...",
    "12.5 % ",
    "\u200b",
    "= ",
    "use Tr0ub4dor-3 ",
    " as the password",
    '{\n"type": "service_account", ',
    '"private_key": "',
    '"client_email": "robot@acme.test"}',
    "-----BEGIN PRIVATE KEY-----\\n" + "QUJD" * 16,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0",
    ".",
)

pieces = st.sampled_from((*SECRETS, *PERSONAL, *MARKERS, *FILLER))
texts = st.lists(pieces, min_size=1, max_size=12).map("".join)
LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def covering(findings, place):
    return {(one.kind, one.rule, one.span.start) for one in findings if one.span.start <= place < one.span.end}


def check_settled(detect, settled, text):
    full = detect(text)
    last = 0
    for cut in range(1, len(text)):
        prefix = text[:cut]
        safe = settled(prefix)
        assert last <= safe <= cut
        last = safe
        early = detect(prefix)
        # What covers a place changes only where a finding begins or ends.
        edges = {0, *(edge for one in (*early, *full) for edge in (one.span.start, one.span.end))}
        for place in (edge for edge in edges if edge < safe):
            assert covering(early, place) == covering(full, place), (cut, place)


@pytest.fixture(params=["secrets", "pii", "canaries"])
def detector(request):
    return request.getfixturevalue(request.param)


def test_every_detector_is_one(detector):
    assert isinstance(detector, Detector)
    assert detector.name


@LAW
@given(text=texts)
def test_secrets_that_are_settled_stay(secrets, text):
    check_settled(secrets.detect, secrets.settled, text[:160])


@LAW
@given(text=texts)
def test_personal_data_that_is_settled_stays(pii, text):
    check_settled(pii.detect, pii.settled, text[:160])


@LAW
@given(text=texts)
def test_canaries_that_are_settled_stay(canaries, text):
    check_settled(canaries.detect, canaries.settled, text[:200])


@settings(LAW, max_examples=25)
@given(text=texts)
def test_what_is_settled_in_all_stays_after_merging(secrets, pii, canaries, text):
    everyone = (secrets, pii, canaries)
    check_settled(
        lambda answer: merge(one for each in everyone for one in each.detect(answer)),
        lambda answer: min(each.settled(answer) for each in everyone),
        text[:120],
    )


@settings(LAW, max_examples=15)
@given(
    text=st.lists(
        st.sampled_from(("John Smith ", "met Angela Merkel. ", "in Berlin", "\n", "We saw ", "Paris, ", "the end. ")),
        max_size=10,
    ).map("".join)
)
def test_names_that_are_settled_stay(pii_with_names, text):
    check_settled(pii_with_names.detect, pii_with_names.settled, text[:80])


def masked(findings, text):
    out = list(text)
    for one in findings:
        out[one.span.start : one.span.end] = "█" * len(one.span)
    return "".join(out)


SEPARATORS = st.sampled_from((" ", "\n", ", ", " and ", "; ", "\t", "\n\n", " | ", " (", ") "))


@LAW
@given(
    value=st.sampled_from(SECRETS),
    parts=st.lists(st.sampled_from(FILLER[:10]), min_size=2, max_size=5),
    space=SEPARATORS,
)
def test_no_copy_of_a_secret_survives_masking(secrets, value, parts, space):
    text = (space + value + space).join(parts)
    secret = value.partition(": ")[2] or value.split('"')[1] if " " in value and "BEGIN" not in value else value
    if "://" in value:
        secret = value.split(":")[2].split("@")[0]
    assert secret not in masked(secrets.detect(text), text)


@LAW
@given(
    value=st.sampled_from(PERSONAL),
    parts=st.lists(st.sampled_from(FILLER[:10]), min_size=2, max_size=5),
    space=SEPARATORS,
)
def test_no_copy_of_personal_data_survives_masking(pii, value, parts, space):
    text = (space + value + space).join(parts)
    assert value not in masked(pii.detect(text), text)


@LAW
@given(value=st.sampled_from(MARKERS), parts=st.lists(st.text(max_size=20), min_size=2, max_size=5))
def test_no_copy_of_a_marker_survives_masking(canaries, value, parts):
    text = value.join(parts)
    assert value not in masked(canaries.detect(text), text)


@settings(LAW, max_examples=100)
@given(text=st.text(max_size=300))
def test_spans_stand_in_the_text_and_nothing_changes_between_calls(secrets, pii, canaries, text):
    for detector in (secrets, pii, canaries):
        first = detector.detect(text)
        assert first == detector.detect(text)
        assert all(one.span.end <= len(text) for one in first)
        assert 0 <= detector.settled(text) <= len(text)


ODD = {
    "digits": "7",
    "one letter": "a",
    "spaces": " ",
    "at signs": "@",
    "sentences": ". ",
    "pem heads": "-----BEGIN PRIVATE KEY-----",
    "cues": "password: ",
    "mixed": "".join(chr(33 + (n * 7919) % 90) for n in range(9973)),
    "spaced digits": "1 ",
    "parts": "A1b2-",
    "jwt heads": "eyJ",
    "quotes": '"',
    "names": "Ann Lee ",
}


def seconds(detector, text):
    start = time.process_time()
    detector.detect(text)
    detector.settled(text)
    return time.process_time() - start


@pytest.mark.parametrize("unit", ODD.values(), ids=ODD)
def test_time_grows_with_the_length_and_no_faster(detector, unit):
    small, large = (unit * (size // len(unit) + 1) for size in (12_500, 100_000))
    assert seconds(detector, large) < max(3.0, 24 * seconds(detector, small))


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["7", "a"], ids=["digits", "one letter"])
def test_a_megabyte_is_looked_at_in_bounded_time(detector, unit):
    assert seconds(detector, unit * 1_000_000) < 20


def test_sixteen_threads_see_what_one_sees(secrets, pii, canaries, a_marker):
    texts = [" and ".join((*SECRETS, *PERSONAL, a_marker, f"number {n}")) for n in range(32)]
    for detector in (secrets, pii, canaries):
        alone = [detector.detect(text) for text in texts]
        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(detector.detect, texts)) == alone


def test_no_detector_logs_text(secrets, pii_with_names, canaries, caplog, a_marker):
    values = (*SECRETS, *PERSONAL, a_marker, "John Fitzgerald Smith")
    with caplog.at_level(logging.DEBUG):
        for detector in (secrets, pii_with_names, canaries):
            detector.detect("Seen: " + "\n".join(values))
    assert not [value for value in values if value in caplog.text]


def a_finding(kind, rule, start, end, confidence=1.0):
    return Finding(kind=kind, rule=rule, span=Span(start, end), confidence=confidence)


findings = st.lists(
    st.builds(
        lambda kind, rule, start, size, confidence: a_finding(kind, rule, start, start + size, confidence),
        st.sampled_from(tuple(Kind)),
        st.sampled_from(("one", "two")),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from((0.5, 1.0)),
    ),
    max_size=10,
)


@given(found=findings, data=st.data())
def test_merging_does_not_depend_on_order_and_loses_no_character(found, data):
    once = merge(found)
    assert once == merge(data.draw(st.permutations(found)))
    assert once == merge(once)
    before = {(place) for one in found for place in range(one.span.start, one.span.end)}
    after = {(place) for one in once for place in range(one.span.start, one.span.end)}
    assert before == after


def test_personal_data_inside_a_secret_is_the_secret():
    secret = a_finding(Kind.SECRET, "url-password", 10, 30)
    assert merge([a_finding(Kind.PII, "EMAIL_ADDRESS", 12, 20), secret]) == (secret,)
    assert merge([a_finding(Kind.PII, "EMAIL_ADDRESS", 25, 40), secret]) == (
        secret,
        a_finding(Kind.PII, "EMAIL_ADDRESS", 30, 40),
    )
    outside = a_finding(Kind.PII, "PERSON", 0, 10)
    assert merge([secret, outside]) == (outside, secret)


def test_findings_of_one_rule_that_overlap_become_one():
    parts = [
        a_finding(Kind.SECRET, "one", 0, 6, 0.5),
        a_finding(Kind.SECRET, "one", 5, 9),
        a_finding(Kind.SECRET, "one", 9, 12),
    ]
    assert merge(parts) == (a_finding(Kind.SECRET, "one", 0, 9), a_finding(Kind.SECRET, "one", 9, 12))


@pytest.mark.parametrize("make", [PiiDetector, SecretDetector])
def test_detectors_construct_without_arguments(make):
    assert make().name


def test_a_short_canary_key_is_refused():
    with pytest.raises(ValueError, match="at least 16"):
        CanaryDetector(b"short")
