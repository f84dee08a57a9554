"""Who may read what, how much of it, and how often."""
