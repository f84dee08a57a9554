"""All figures that need no file of the user's: the guard as a whole, the ledger, canaries, matching on real text."""

from __future__ import annotations

import sys

from bench import guard, ledger
from bench.canaries.run import main as canaries
from bench.matching import run

if __name__ == "__main__":
    # Options, if there are any, are those of matching.
    options, sys.argv[1:] = sys.argv[1:], []
    guard.main()
    ledger.main()
    canaries([])
    run.main(options)
