"""`python -m bench.findings`: see :mod:`bench.findings.secrets`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench.findings import secrets
from bench.findings.peers import Find, installed
from bench.findings.rows import rows
from detectors.secrets import SecretDetector
from detectors.secrets.automaton import AutomatonScanner
from detectors.secrets.rules import RULES


def ours(detector: SecretDetector) -> Find:
    return lambda text: [(one.span.start, one.span.end) for one in detector.detect(text)]


def main(arguments: Sequence[str]) -> int:
    """Print the tables; 0 when done."""
    parser = argparse.ArgumentParser(description=secrets.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--secrets", help="rows with labelled credentials")
    parser.add_argument("--negatives", help="rows with look-alikes")
    parser.add_argument("--prose", help="rows of prose without any")
    parser.add_argument("--code", help="rows of programs without any")
    parser.add_argument("--peers", action="store_true", help="measure other scanners too, those that are installed")
    parser.add_argument("--misses", action="store_true", help="name the rules whose samples were missed")
    options = parser.parse_args(arguments)
    labelled = list(rows(options.secrets)) if options.secrets else []
    negatives = list(rows(options.negatives)) if options.negatives else []
    clean = {name: list(rows(path)) for name in ("prose", "code") if (path := getattr(options, name))}
    detector = SecretDetector()
    first = detector.warm().name
    scanners = [(f"ours, {first}", ours(detector))]
    if first == "hyperscan":
        scanners.append(("ours, without", ours(SecretDetector(scanner=AutomatonScanner(RULES)))))
    if options.peers:
        scanners.extend(installed())
    tallies = {name: secrets.tally(find, labelled, negatives, clean) for name, find in scanners}
    print_table(tallies)
    print_groups(next(iter(tallies.values())), misses=options.misses)
    return 0


def print_table(tallies: dict[str, secrets.Tally]) -> None:
    columns = {name: secrets.lines(one) for name, one in tallies.items()}
    first = next(iter(columns.values()))
    print(f"{'':42} {'target':>8} " + " ".join(f"{name:>16}" for name in columns))
    for number, (what, target, _) in enumerate(first):
        print(f"{what:42} {target:>8} " + " ".join(f"{rows_[number][2]:>16}" for rows_ in columns.values()))


def print_groups(ours_: secrets.Tally, *, misses: bool) -> None:
    print(f"\nours, by shape, source and style; {ours_.beside} findings beside a label")
    for group, (hit, total) in sorted(ours_.recall.items()):
        print(f"  {group:32} {hit / total:.3f} of {total}")
    print("\nours, look-alikes flagged, by kind")
    for kind, (hit, total) in sorted(ours_.flagged.items()):
        print(f"  {kind:32} {hit} of {total}")
    if misses:
        for name, count in sorted(ours_.missed.items()):
            print(f"  missed {count} {name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
