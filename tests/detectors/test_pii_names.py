"""Which names the model looks for."""

from detectors.pii import PiiDetector

TEXT = "Yesterday Maria Schneider travelled from Hamburg to Lisbon by train."


def test_only_the_names_asked_for_are_looked_for() -> None:
    def rules(detector: PiiDetector) -> set[str]:
        return {finding.rule for finding in detector.detect(TEXT)}

    assert "PERSON" in rules(PiiDetector())
    assert rules(PiiDetector(names=["PERSON"])) == {"PERSON"}
    assert "PERSON" not in rules(PiiDetector(names=["LOCATION"]))
    assert rules(PiiDetector(names=())) == set()
