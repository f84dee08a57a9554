"""Folding text for comparison, with the way back to the original."""
