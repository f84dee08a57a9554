"""The demo's knowledge base is what the demo says it is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from corpora import Document
from corpora.readers import Note, read_documents
from corpora.sample import (
    CANARY_PLACEHOLDER,
    SAMPLE_TENANT,
    sample_path,
    sample_questions,
    sample_users,
)

SHARED = {"contracts/brookmere-hospitals.md", "staff/support-playbook.md"}

LABELS_AND_READERS = {
    "board/minutes-2026-02.md": "confidential board",
    "board/project-heron-memo.md": "restricted board",
    "clinical/letter-almgren.md": "confidential clinicians",
    "clinical/letter-ferrante.txt": "confidential clinicians",
    "clinical/letter-hassel.eml": "restricted clinicians",
    "contracts/brookmere-hospitals.md": "confidential legal sales",
    "contracts/oakline-homecare.md": "confidential legal sales",
    "contracts/pellworth-components.txt": "confidential legal procurement",
    "engineering/runbook-telemetry.md": "internal staff",
    "engineering/security-policy.md": "internal staff",
    "engineering/telemetry-gateway.ini": "restricted platform",
    "hr/conduct-policy.txt": "internal staff",
    "hr/flexible-work-policy.md": "internal staff",
    "hr/leave-policy.md": "internal staff",
    "hr/salary-bands-2026.md": "restricted hr-leads",
    "hr/travel-policy.md": "internal staff",
    "product/roadmap-2027.md": "confidential product",
    "products/fjell-bed.md": "public",
    "products/lumo-pump.html": "public",
    "products/sund-hub.md": "public",
    "products/tarn-oxygen.md": "public",
    "products/vardo-sensor.html": "public",
    "public/customer-faq.md": "public",
    "public/press-release-lindhaven.txt": "public",
    "quality/audit-finding-sterile-store.txt": "confidential quality",
    "quality/incident-lumo-2026-014.md": "confidential clinicians quality",
    "quality/vendor-assessment-telmark.md": "confidential procurement security",
    "sales/price-list-2026.csv": "confidential sales",
    "staff/newsletter-spring.eml": "internal staff",
    "staff/onboarding-guide.md": "internal staff",
    "staff/support-playbook.md": "internal staff",
}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    notes: list[Note] = []
    found = {
        document.id: document for document in read_documents([sample_path()], on_skip=pytest.fail, on_note=notes.append)
    }
    assert not notes
    return found


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def longest_common_run(one: list[str], two: list[str]) -> int:
    """Words in a row that stand in both; the textbook table, row by row."""
    places = defaultdict(list)
    for place, word in enumerate(two):
        places[word].append(place)
    best, before = 0, Counter[int]()
    for word in one:
        now = Counter({place: before[place - 1] + 1 for place in places[word]})
        best = max(best, *now.values(), 0)
        before = now
    return best


def test_labels_and_readers_are_as_documented(documents):
    assert {
        key: " ".join([document.label, *sorted(reader.removeprefix("group:") for reader in document.readers)])
        for key, document in documents.items()
    } == LABELS_AND_READERS


def test_every_document_belongs_to_the_sample_tenant_and_has_a_title(documents):
    assert {document.tenant for document in documents.values()} == {SAMPLE_TENANT}
    assert all(document.title for document in documents.values() if not document.id.endswith(".csv"))


def test_sizes(documents):
    sizes = {key: len(document.text.split()) for key, document in documents.items()}

    assert len(sizes) >= 24
    assert not {key: size for key, size in sizes.items() if not 250 <= size <= 900}


def test_two_documents_share_a_page_and_no_others_share_twelve_words(documents):
    texts = {key: words(document.text) for key, document in documents.items()}
    grams = {key: {tuple(text[n : n + 12]) for n in range(len(text) - 11)} for key, text in texts.items()}
    sharing = [{one, two} for one, two in combinations(texts, 2) if grams[one] & grams[two]]

    assert sharing == [SHARED]
    assert longest_common_run(*(texts[key] for key in sorted(SHARED))) >= 150
    assert {documents[key].label for key in SHARED} == {"confidential", "internal"}


def test_no_document_repeats_itself(documents):
    for key, document in documents.items():
        text = words(document.text)
        assert max(Counter(tuple(text[n : n + 8]) for n in range(len(text) - 7)).values()) == 1, key


def test_two_documents_have_a_line_for_a_canary(documents):
    lines = {
        key: document.label for key, document in documents.items() if CANARY_PLACEHOLDER in document.text.splitlines()
    }

    assert sorted(lines.values()) == ["confidential", "restricted"]
    assert sum(document.text.count(CANARY_PLACEHOLDER) for document in documents.values()) == 2


def test_the_company_is_made_up(documents):
    """Mail addresses and hosts end in a name that nobody can own."""
    hosts = {
        host for document in documents.values() for host in re.findall(r"(?:@|https?://)([a-z0-9.-]+\w)", document.text)
    }

    assert len(hosts) >= 3
    assert {host.rpartition(".")[2] for host in hosts} == {"example"}


def may_read(document: Document, groups: frozenset[str]) -> bool:
    return document.label == "public" or any(f"group:{group}" in document.readers for group in groups)


def test_the_session(documents):
    users = {user.name: user for user in sample_users()}
    questions = sample_questions()

    assert list(users) == ["ann", "ben", "eve"]
    assert all(user.about for user in users.values())
    assert {question.user for question in questions} == set(users)
    for question in questions:
        allowed = may_read(documents[question.about], users[question.user].groups)
        assert allowed or question.kind == "attack", question
    for name, user in users.items():
        asked = sample_questions(name)
        assert {question.kind for question in asked} == {"ordinary", "attack"}
        assert min(Counter(question.kind for question in asked).values()) >= 3
        assert any(
            question.kind == "attack" and not may_read(documents[question.about], user.groups) for question in asked
        )


def test_attacks_also_aim_at_documents_that_the_attacker_may_read(documents):
    users = {user.name: user for user in sample_users()}

    assert {
        question.user
        for question in sample_questions()
        if question.kind == "attack"
        and documents[question.about].label == "confidential"
        and may_read(documents[question.about], users[question.user].groups)
    } == {"ann", "ben"}


def test_nothing_in_the_folder_is_left_out(documents):
    files = {
        path.relative_to(sample_path()).as_posix()
        for path in sample_path().rglob("*")
        if path.is_file() and not path.name.endswith("echoguard.toml") and path.name != "echoguard-labels.toml"
    }

    assert files == set(documents)
