"""Simulated attackers and honest users against a real guard; see ``python -m bench.attacks --help``."""
