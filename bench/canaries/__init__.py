"""The bench of canaries: false alarms, disguises, decoys, cost."""
