"""Near-verbatim matching on real text: recall, false flags, speed, size and streams, beside its peers."""
