"""``python -m bench.matching``; see ``--help``."""

from __future__ import annotations

from bench.matching.run import main

if __name__ == "__main__":
    main()
