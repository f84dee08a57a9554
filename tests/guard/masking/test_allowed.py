"""Values that are no leak."""

from __future__ import annotations

import pytest

from guard.masking.allowed import Allowed, is_own

ALLOWED = Allowed(
    domains=frozenset({"Acme.com"}),
    names=frozenset({"Ada Lovelace"}),
    numbers=frozenset({"+1 (800) 555-0199", "DE89 3704 0044 0532 0130 00"}),
)


@pytest.mark.parametrize(
    ("entity", "value", "held"),
    [
        ("EMAIL_ADDRESS", "help@acme.com", True),
        ("EMAIL_ADDRESS", "HELP@support.ACME.com", True),
        ("EMAIL_ADDRESS", "help@notacme.com", False),
        ("EMAIL_ADDRESS", "acme.com@evil.org", False),
        ("PERSON", "ada  lovelace", True),
        ("PERSON", "Lovelace", False),
        ("PERSON", "Ada Lovelace Byron", False),
        ("LOCATION", "Ada Lovelace", False),
        ("PHONE_NUMBER", "+1 800 555 0199", True),
        ("PHONE_NUMBER", "800 555 0199", False),
        ("IBAN_CODE", "de89370400440532013000", True),
    ],
)
def test_a_listed_value_is_allowed_as_a_whole(entity: str, value: str, held: bool) -> None:
    assert ALLOWED.holds(entity, value) is held


def test_what_would_allow_too_much_is_refused() -> None:
    for wrong in (
        {"domains": frozenset({"."})},
        {"names": frozenset({" - "})},
        {"numbers": frozenset({"12"})},
    ):
        with pytest.raises(ValueError, match="listed"):
            Allowed(**wrong)


@pytest.mark.parametrize(
    ("entity", "value", "own"),
    [
        ("PERSON", "Miller", True),
        ("PERSON", "Ann Miller", True),
        ("PERSON", "Ann Smith", False),
        ("EMAIL_ADDRESS", "Ann@acme.org", True),
        ("EMAIL_ADDRESS", "bob@acme.org", False),
        ("PHONE_NUMBER", "+4930901820", True),
        ("PHONE_NUMBER", "901820", False),
    ],
)
def test_the_users_own_values(entity: str, value: str, own: bool) -> None:
    assert is_own(entity, value, {"Ann Miller", "ann@acme.org", "+49 30 901820"}) is own
