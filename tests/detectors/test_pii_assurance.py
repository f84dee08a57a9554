"""The second model for names."""

from __future__ import annotations

import pytest

from detectors.errors import DetectorUnavailable
from detectors.pii import PiiDetector, assurance
from detectors.pii.assurance import SecondModel
from tests.detectors.test_laws import check_settled

TEXT = "Ayer llamó Xóchitl Tzompaxtle Quiahua. Vive en la calle Ixtapa 12, Tlaquepaque. The report is due."


@pytest.fixture(scope="module")
def second() -> SecondModel:
    return SecondModel()


@pytest.fixture(scope="module")
def assured() -> PiiDetector:
    detector = PiiDetector(assurance=True)
    detector.warm()
    return detector


def test_it_finds_whole_names_at_their_places(second: SecondModel) -> None:
    (found,) = second.names(["My name is Oluwaseun Adebayo-Quist and I live in Port Harcourt."])
    text = "My name is Oluwaseun Adebayo-Quist and I live in Port Harcourt."
    assert [(entity, text[start:end]) for entity, start, end, _ in found] == [
        ("PERSON", "Oluwaseun Adebayo-Quist"),
        ("LOCATION", "Port Harcourt"),
    ]
    assert all(0.5 <= score <= 1 for *_, score in found)


def test_what_is_found_does_not_depend_on_the_company(second: SecondModel) -> None:
    texts = ["Ask Maria Schneider.", "", "Ship it to 12 Elm Street, Springfield. " * 12, "Nothing here.", "x" * 3000]
    together = second.names(texts)
    alone = [second.names([text])[0] for text in texts]
    for one, other in zip(together, alone, strict=True):
        assert [name[:3] for name in one] == [name[:3] for name in other]


def test_it_finds_what_the_small_model_misses(assured: PiiDetector, pii_with_names: PiiDetector) -> None:
    text = "la llave la tiene Nayeli Quispe Mamani"

    def people(detector: PiiDetector) -> list[str]:
        return [one.span.of(text) for one in detector.detect(text) if one.rule == "PERSON"]

    assert (people(assured), people(pii_with_names)) == (["Nayeli Quispe Mamani"], [])


def test_code_is_no_name(assured: PiiDetector) -> None:
    text = "elif timeout is None:\n    os.devnull = Untokenizer(maxsize)\nSee PEP 484 and RFC 2822.\n"
    assert [one.rule for one in assured.detect(text)] == []


def test_what_is_settled_stays(assured: PiiDetector) -> None:
    check_settled(assured.detect, assured.settled, TEXT[:70])


def test_without_the_model_nothing_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assurance, "PACKAGE", "a_package_that_nobody_has")
    with pytest.raises(DetectorUnavailable, match=r"pip install 'echoguard\[assurance\]'"):
        PiiDetector(assurance=True).detect("Maria Schneider")
