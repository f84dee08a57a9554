"""From seeds to aligned, scored passages."""
