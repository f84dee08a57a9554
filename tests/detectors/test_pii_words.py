"""People, places and addresses by the words around them and by lists; the rows pin what a name is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pii import PiiDetector
from detectors.pii.words import listed
from tests.detectors.test_laws import check_settled

FOUND = (
    ("PERSON", "Please ask my daughter Quillon about it.", "Quillon"),
    ("PERSON", '"It was late," said Vremdal.', "Vremdal"),
    ("PERSON", "Name:   torvald b. quarnby\nRole: clerk", "torvald b. quarnby"),
    ("PERSON", "The minutes were taken by Ottoline F. Grebb on Monday.", "Ottoline F. Grebb"),
    ("PERSON", "Founders: Morrison, Rogers and Torres.", "Rogers"),
    ("PERSON", "Why is Zebalda so quiet today?", "Zebalda"),
    ("PERSON", "Quenby's passport is in the drawer.", "Quenby"),
    ("PERSON", "> Tzigane Kovačević\n> 12 Elm Street", "Tzigane Kovačević"),
    ("PERSON", "Ich heiße Dörthe Grützmacher.", "Dörthe Grützmacher"),
    ("LOCATION", "Mr. Ode flew to SKELDVIK on Monday.", "SKELDVIK"),
    ("LOCATION", "He grew up in Brantholme with two sisters.", "Brantholme"),
    ("LOCATION", "Ciudad: Villaquieta del Monte\n", "Villaquieta del Monte"),
    ("LOCATION", "The order went to Slovenia.", "Slovenia"),
    ("LOCATION", "Send it to 4596 Tylova 285, please.", "4596 Tylova 285"),
    ("LOCATION", "my address: 12 rue de la paix, third floor", "12 rue de la paix, third floor"),
    ("LOCATION", "It is at the corner of Fifth Avenue and Main.", "the corner of Fifth Avenue and Main"),
    ("LOCATION", 'It said "Paid.\\n\\n12 Bubby Drive\\nAustin TX 78756"', "12 Bubby Drive\\nAustin TX 78756"),
)
NOT_FOUND = (
    "Grant access to the folder, then Mark it as done.",
    "import Scrollbar\nclass Untokenizer:\n",
    "Copyright (c) 1999 by Quillon Vremdal. All rights reserved.",
    "Split the file in two and Post the parts.",
    "The IP address: 10 dot 0 dot 0 dot 1, port 80 of the server",
    "In 2008 Ubuntu 8 was new, and Chapter 12 Section 4 says so.",
    "Nice work on the report!",
)


@pytest.mark.parametrize(("entity", "text", "value"), FOUND)
def test_what_is_a_name(pii_with_names: PiiDetector, entity: str, text: str, value: str) -> None:
    found = [(one.rule, one.span.of(text)) for one in pii_with_names.detect(text)]
    assert (entity, value) in found


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_no_name(pii_with_names: PiiDetector, text: str) -> None:
    assert [(one.rule, one.span.of(text)) for one in pii_with_names.detect(text)] == []


def test_an_address_goes_on_line_by_line(pii_with_names: PiiDetector) -> None:
    text = "Bring it to:\n> 29 Rue de Tanger\n> Suite 399\n> Port Brezan\n> Tunisia 56004\nThank you."
    places = [one.span.of(text) for one in pii_with_names.detect(text) if one.rule == "LOCATION"]
    assert places == ["29 Rue de Tanger", "Suite 399", "Port Brezan", "Tunisia 56004"]


def test_who_was_named_is_known_again(pii_with_names: PiiDetector) -> None:
    text = "I met Ottoline F. Grebb. Later that day Grebb called, and Ottoline was glad."
    people = [one.span.of(text) for one in pii_with_names.detect(text) if one.rule == "PERSON"]
    assert people == ["Ottoline F. Grebb", "Grebb", "Ottoline"]


def test_a_street_named_after_somebody_is_no_person(pii_with_names: PiiDetector) -> None:
    text = "Please return it to 226 Thomas Avenue, Springfield."
    assert {one.rule for one in pii_with_names.detect(text)} == {"LOCATION"}


@pytest.mark.parametrize(
    "name", ["given", "family", "ambiguous", "countries", "places", "ambiguous_places", "products"]
)
def test_lists_are_lower_case_and_hold_no_empty_entry(name: str) -> None:
    words = listed(name)
    assert len(words) > 20
    assert all(word and word == word.lower() == word.strip() for word in words)
    assert "the" not in words


PARTS = (
    "Maria Schneider",
    "Grebb",
    "Ottoline F. Grebb",
    " said ",
    "my son ",
    "lives in ",
    "Name: ",
    "29 Rue de Tanger",
    "Suite 399",
    "Port Brezan",
    "Tunisia 56004",
    "4596 Tylova 285",
    "address: ",
    "12 Elm Street, Springfield, IL 62704",
    "\n",
    "\n> ",
    ". ",
    ", ",
    " and ",
    "\\n",
    "Morrison, Rogers and Torres",
    "the report is due",
    "class Foo:\n",
    "Copyright ",
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(PARTS), min_size=2, max_size=9).map("".join))
def test_what_is_settled_stays(pii_with_names: PiiDetector, text: str) -> None:
    check_settled(pii_with_names.detect, pii_with_names.settled, text)
