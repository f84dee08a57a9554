"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# The first call of a kernel compiles it: no example is too slow because of that.
settings.register_profile("default", deadline=None)
settings.load_profile("default")
