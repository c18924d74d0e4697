"""Drills: an organisation with faults put in, the sealed answer, the marks, and a timeline played against the clocks."""
