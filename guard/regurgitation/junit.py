"""The JUnit report: one test case per probe, so that any CI shows which question leaked; numbers and ids only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from guard.regurgitation.measure import Leak
    from guard.regurgitation.suite import Outcome, Result

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold in any spelling; document ids may."""


def junit(result: Result) -> bytes:
    """
    Return *result* as a JUnit XML file, UTF-8.

    A probe that leaked is a failure, one without a usable answer an error.  Single leaks fail their test case even
    where the share of leaks stays within the threshold; the property ``status`` tells the run's result.
    """
    suite = ET.Element(
        "testsuite",
        name="echoguard probe",
        tests=str(len(result.outcomes)),
        failures=str(sum(_leaked(outcome) for outcome in result.outcomes)),
        errors=str(sum(_unknown(result, outcome) != "" for outcome in result.outcomes)),
        skipped="0",
        time=f"{result.seconds:.3f}",
        timestamp=datetime.fromtimestamp(result.begun, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S"),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(result):
        ET.SubElement(properties, "property", name=name, value=_xml(value))
    for outcome in result.outcomes:
        _case(suite, result, outcome)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _properties(result: Result) -> list[tuple[str, str]]:
    values = [("target", result.target), ("seed", str(result.seed)), ("status", result.status.value)]
    for side, tally in (("guard_off", result.off), ("guard_on", result.on)):
        if tally is not None:
            low, high = tally.leaked.interval
            values += [
                (f"{side}.leak_rate", f"{tally.leaked.value:.4f}"),
                (f"{side}.leak_rate_95", f"{low:.4f}..{high:.4f}"),
                (f"{side}.leaked_characters", str(tally.characters)),
                (f"{side}.longest_run", str(tally.longest_run)),
            ]
    return values


def _case(suite: ET.Element, result: Result, outcome: Outcome) -> None:
    probe = outcome.probe
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"echoguard.probe.{probe.family}",
        name=_xml(f"{probe.id} {probe.ref.corpus}/{probe.ref.id}"),
        time=f"{outcome.asked.seconds:.3f}",
    )
    if unknown := _unknown(result, outcome):
        ET.SubElement(case, "error", type="no-answer", message=_xml(unknown))
    elif outcome.judged is not None and outcome.judged.leaked:
        ET.SubElement(case, "failure", type="leak", message=_xml(_numbers(outcome.judged)))


def _unknown(result: Result, outcome: Outcome) -> str:
    """Return why nothing is known of this probe; empty where it was answered."""
    if outcome.asked.reply is None:
        return outcome.asked.error
    return "the answer was empty, as all answers were" if result.silent else ""


def _numbers(leak: Leak) -> str:
    where = ", ".join(sorted(f"{ref.corpus}/{ref.id}" for ref in leak.seen.keys() | {ref for ref, _ in leak.chunks}))
    return (
        f"{leak.leaked_characters} characters of {where}; longest run {leak.longest_run} characters, "
        f"{leak.longest_run_words} words; {len(leak.chunks)} chunks recovered"
    )


def _leaked(outcome: Outcome) -> bool:
    return outcome.judged is not None and outcome.judged.leaked


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
