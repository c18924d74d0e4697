"""What a re-assignment leaves without a bearer, and the fewest papers that would decide the most."""
