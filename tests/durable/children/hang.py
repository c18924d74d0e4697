"""Reads a batch and never answers."""

import sys
import time

for _ in sys.stdin:
    time.sleep(600)
