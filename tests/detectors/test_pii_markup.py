"""Values that Markdown or HTML splits: what a reader sees whole is found whole."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pii import PiiDetector
from tests.detectors.test_laws import check_settled


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("pay 4111 **1111** 1111 1111 now", "CREDIT_CARD", "4111 **1111** 1111 1111"),
        ("mail jo@<b>acme</b>.org now", "EMAIL_ADDRESS", "jo@<b>acme</b>.org"),
        ("mail jo&#64;acme.org now", "EMAIL_ADDRESS", "jo&#64;acme.org"),
        ("call +49&nbsp;30&nbsp;901820 now", "PHONE_NUMBER", "+49&nbsp;30&nbsp;901820"),
        ("to DE89 <i>3704</i> 0044 0532 0130 00.", "IBAN_CODE", "DE89 <i>3704</i> 0044 0532 0130 00"),
        ("SSN 536-**22**-1234 it is", "US_SSN", "536-**22**-1234"),
        ("at 8.8.`4`.4 it is", "IP_ADDRESS", "8.8.`4`.4"),
        ('<td class="a">536-22</td><td>-1234</td>', "US_SSN", "536-22</td><td>-1234"),
    ],
)
def test_a_split_value_is_found_whole(pii: PiiDetector, text: str, entity: str, value: str) -> None:
    assert [(one.rule, one.span.of(text)) for one in pii.detect(text)] == [(entity, value)]


@pytest.mark.parametrize(
    "text", ["a **bold** word", "2 * 3 * 4 = 24", "x <- y; `code` & <b>more</b>", "1*2*3 of 12345"]
)
def test_markup_alone_is_nothing(pii: PiiDetector, text: str) -> None:
    assert pii.detect(text) == []


PARTS = (
    "4111 ", "1111 1111 ", "1111", "**", "*", "<b>", "</b>", "<a href='x y'>", "&nbsp;", "&#64;", "jo", "acme.org", "@",
    "`", "+49", " 30 901820", "536-", "22-1234", ". ", "\n", " and ", "< ", "& ", "Done.** ", "**Next",
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(PARTS), min_size=3, max_size=14).map("".join))
def test_what_is_settled_stays(pii: PiiDetector, text: str) -> None:
    check_settled(pii.detect, pii.settled, text[:90])
