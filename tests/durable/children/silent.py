"""Ends before it has said how."""

import sys

sys.stdin.readline()
