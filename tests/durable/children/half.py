"""Leaves the rest of its answer away."""

import sys

for _ in sys.stdin:
    print('[]\n\n{"ended": 0}', flush=True)
