"""
Every entity and every rule as Markdown tables, for ``docs/detectors.md``.

``python -m detectors.catalogue docs/detectors.md`` writes the tables between the file's markers anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from detectors.pii.entities import DEFAULT_THRESHOLDS, DESCRIPTIONS
from detectors.secrets.rules import RULES
from detectors.secrets.rules.keyed import SERVICES
from detectors.secrets.rules.names import NAMES

LOOSE: Final = {
    "private-key": "private key blocks: PEM, OpenSSH, PGP and PuTTY, whole or cut short",
    "service-account-key": "the key file of a cloud service account: the JSON object around a private key, <https://cloud.google.com/iam/docs/keys-create-delete>",
    "password": "what a word for password announces, or what stands where a command or a configuration file has one",
    "keyed-value": "an opaque value that a word such as key, token or secret announces, in seven languages",
    "value-near-cue": "a value that looks drawn at random, in a sentence or line that speaks of credentials",
    "value-near-service": "a value right behind the name of a service that hands out keys without a form of their own",
    "url-parameter": "a random value in a web address's key, token, signature or password parameter",
}
"""Rules that are no pattern, and what they find."""


def entities() -> Iterator[str]:
    """Yield the table of personal data."""
    yield "| entity | what it is | score it needs |"
    yield "|---|---|---|"
    for entity, what in sorted(DESCRIPTIONS.items()):
        yield f"| `{entity}` | {what} | {DEFAULT_THRESHOLDS[entity]} |"


def rules() -> Iterator[str]:
    """Yield the table of credentials."""
    yield "| rule | how it is told | documented at |"
    yield "|---|---|---|"
    lines = {rule.name: f"| `{rule.name}` | its own form | <{rule.source}> |" for rule in RULES}
    for service in SERVICES:
        lines[service.name] = f"| `{service.name}` | beside {', '.join(service.words)} | <{service.source}> |"
    for name, what in LOOSE.items():
        lines[name] = f"| `{name}` | {what} | |"
    yield from (lines[name] for name in sorted(lines))


def names() -> Iterator[str]:
    """Yield the names of the services of ``value-near-service``."""
    yield ", ".join(sorted(NAMES))


SECTIONS: Final = {"entities": entities, "rules": rules, "names": names}


def written(document: str) -> str:
    """Return *document* with each section of :data:`SECTIONS` between its markers written anew."""
    for name, lines in SECTIONS.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        head, _, rest = document.partition(opening)
        _, _, tail = rest.partition(closing)
        document = head + opening + "\n".join(lines()) + "\n" + closing + tail
    return document


def main(arguments: Sequence[str]) -> int:
    """Write the tables of the file that *arguments* names; 0 when done, 2 on wrong use."""
    if len(arguments) != 1:
        print("usage: python -m detectors.catalogue docs/detectors.md", file=sys.stderr)  # noqa: T201 - a command
        return 2
    path = Path(arguments[0])
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
