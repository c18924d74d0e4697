"""From DOT to SVG, PNG and PDF, the same on every machine, or a clear error."""
