"""Which names the model looks for."""

from detectors.pii import PiiDetector

TEXT = "Yesterday Maria Schneider travelled from Hamburg to Lisbon by train."


def test_only_the_names_asked_for_are_looked_for() -> None:
    both = {finding.rule for finding in PiiDetector().detect(TEXT)}
    person = {finding.rule for finding in PiiDetector(names=["PERSON"]).detect(TEXT)}

    assert both == {"PERSON", "LOCATION"}
    assert person == {"PERSON"}
    assert PiiDetector(names=()).detect(TEXT) == []
