"""One file per diagram: pure functions from facts, findings or a chain to DOT."""
