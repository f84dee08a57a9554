"""Numbers inside kernels: what is read from arrays of small ones is widened before it is reckoned with."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

INT: Final[Any] = np.int64
FLOAT: Final[Any] = np.float64
