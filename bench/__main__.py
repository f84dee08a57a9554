"""All figures that need no file of the user's: the guard as a whole, the ledger, and matching on real text."""

from __future__ import annotations

from bench import guard, ledger, matching

if __name__ == "__main__":
    for part in (guard, ledger, matching):
        part.main()
