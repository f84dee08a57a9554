"""Figures: run them all with `make bench`, or one with `python -m bench.NAME`."""

import os

# One thread, whatever is measured; read by the libraries when they are first imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
