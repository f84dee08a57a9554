"""How users behave: statistics in bounded memory, a score with its reasons, campaigns across accounts."""
