"""``python -m bench.canaries``."""

from bench.canaries.run import main

if __name__ == "__main__":
    main()
