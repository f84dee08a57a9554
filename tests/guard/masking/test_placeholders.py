"""What is written in the place of a value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.masking.placeholders import Placeholders
from guard.masking.treatment import Treatment, treated
from guard.verdict import Action

KEY = b"0123456789abcdef"


def writer(treatment: Treatment, *, key: bytes | None = KEY, scope: str = "acme") -> Placeholders:
    return Placeholders(lambda _: treatment, key, scope)


def test_the_same_value_has_the_same_number_however_it_is_written() -> None:
    mask = writer(Treatment.MASK)
    rows = [
        ("EMAIL_ADDRESS", "jo@acme.org", "<EMAIL_ADDRESS_1>"),
        ("PHONE_NUMBER", "+49 30 901820", "<PHONE_NUMBER_1>"),
        ("EMAIL_ADDRESS", "ann@acme.org", "<EMAIL_ADDRESS_2>"),
        ("EMAIL_ADDRESS", "Jo@ACME.org", "<EMAIL_ADDRESS_1>"),
        ("PHONE_NUMBER", "+49-30/901820", "<PHONE_NUMBER_1>"),
        ("PERSON", "Maria Schneider", "<PERSON_1>"),
        ("PERSON", "Schneider", "<PERSON_1>"),
        ("PERSON", "maria  schneider", "<PERSON_1>"),
        ("PERSON", "Paul Schneider", "<PERSON_2>"),
        ("PERSON", "Paul", "<PERSON_2>"),
    ]
    assert [mask.of(entity, value) for entity, value, _ in rows] == [wanted for _, _, wanted in rows]


def test_a_name_that_two_people_share_is_neither_of_them() -> None:
    mask = writer(Treatment.MASK)
    assert [mask.of("PERSON", name) for name in ("Maria Ode", "Paul Ode", "Ode")] == [
        "<PERSON_1>",
        "<PERSON_2>",
        "<PERSON_3>",
    ]


def test_a_pseudonym_depends_on_key_tenant_entity_and_value_and_on_nothing_else() -> None:
    value = ("EMAIL_ADDRESS", "jo@acme.org")
    one = writer(Treatment.HASH).of(*value)
    assert one == writer(Treatment.HASH).of("EMAIL_ADDRESS", "JO@acme.org")
    others = {
        writer(Treatment.HASH, key=KEY[::-1]).of(*value),
        writer(Treatment.HASH, scope="other").of(*value),
        writer(Treatment.HASH).of("EMAIL_ADDRESS", "jo@acme.com"),
        writer(Treatment.HASH).of("PERSON", "jo@acme.org"),
    }
    assert one not in others
    assert len(others) == 4
    assert one.startswith("<EMAIL_ADDRESS:")
    assert len(one) == len("<EMAIL_ADDRESS:>") + 12


def test_without_a_key_nothing_is_hashed() -> None:
    with pytest.raises(RuntimeError):
        writer(Treatment.HASH, key=None).of("PERSON", "Jo")


@pytest.mark.parametrize(
    ("value", "stars"),
    [
        ("4111 1111 1111 1111", "**** **** **** ****"),
        ("jo@acme.org", "**@****.***"),
        ("+49 (30) 901-820", "+** (**) ***-***"),
        ("Zoë O'Neil", "*** *'****"),
    ],
)
def test_a_format_is_kept_and_nothing_else(value: str, stars: str) -> None:
    assert writer(Treatment.FORMAT).of("PERSON", value) == stars


@given(value=st.text(min_size=1, max_size=40))
def test_no_letter_and_no_digit_survives(value: str) -> None:
    written = writer(Treatment.FORMAT).of("PERSON", value)
    assert not any(char.isalnum() for char in written)
    assert len(written) == len(value)


def test_words_of_the_policy_file() -> None:
    assert treated("allow") == (Action.ALLOW, Treatment.REDACT)
    assert treated("block") == (Action.BLOCK, Treatment.REDACT)
    assert treated("hash") == (Action.REDACT, Treatment.HASH)
    with pytest.raises(ValueError, match="nonsense"):
        treated("nonsense")
