"""What changed between two reports or two organisations, and the fewest papers that would decide the most."""
