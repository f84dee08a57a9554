"""Every rule agrees with its own evidence and takes linear time."""

from __future__ import annotations

import time

import pytest

from detectors.errors import RuleError
from detectors.secrets.rule import Rule
from detectors.secrets.rules import RULES
from detectors.secrets.rules.keyed import SERVICES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_agrees_with_its_samples(rule):
    rule.check()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_agrees_with_its_sample(service):
    service.check()


def test_names_are_unique():
    names = [rule.name for rule in (*RULES, *SERVICES)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    "change",
    [
        {"matches": ("nothing to see here",)},
        {"matches": ()},
        {"near_misses": ("tok_" + "a1" * 8,)},
        {"anchor": ("TOK_",)},
        {"source": "somewhere"},
    ],
)
def test_a_rule_that_contradicts_its_samples_is_refused(change):
    fields = {
        "name": "acme-token",
        "pattern": r"tok_[a-z0-9]{16}",
        "anchor": ("tok_",),
        "source": "https://acme.test/tokens",
        "matches": ("tok_" + "a1" * 8,),
    }
    Rule(**fields).check()
    with pytest.raises(RuleError):
        Rule(**{**fields, **change}).check()


def test_a_pattern_that_does_not_compile_is_refused():
    rule = Rule(name="acme", pattern="(", anchor=("a",), source="https://acme.test/", matches=("a",))
    with pytest.raises(RuleError):
        rule.check()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_takes_linear_time_on_its_worst_input(rule):
    """20,000 characters of heads, of almost-matches and of one letter: each well under a second."""
    sample = rule.matches[0]
    for text in (
        sample[: len(sample) // 2] * (20_000 // max(1, len(sample) // 2)),
        sample[:-1] * (20_000 // len(sample)),
        rule.anchor[0] * (20_000 // len(rule.anchor[0])),
        sample[-1] * 20_000,
    ):
        start = time.process_time()
        for _ in rule.find(text):
            pass
        assert time.process_time() - start < 0.6
