"""Inner loops, compiled to machine code at their first call and cached; the only room that imports numba."""
