"""How a kernel is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

U64: Final = numba.uint64
"""Turns a number inside a kernel into an unsigned one of 64 bits, so that products wrap around."""


def kernel(function: _Kernel) -> _Kernel:
    """
    Compile *function* at its first call; its machine code is kept beside the source, or in the user's cache.

    Kernels hold no lock, so threads run them side by side.  Indexes are not checked: callers hand over arrays of the
    shapes that the docstring names, and nothing in them is used as an index unseen.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return cast("_Kernel", numba.njit(cache=True, **options)(function))
    except RuntimeError:
        # Neither the package nor the user's cache can be written: compile in every process.
        return cast("_Kernel", numba.njit(**options)(function))
