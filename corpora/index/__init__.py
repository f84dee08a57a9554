"""The index on disk: written once, atomically; memory-mapped and read-only ever after."""
