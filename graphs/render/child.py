"""Run in a process of its own: DOT on stdin, a picture on stdout. Arguments: format and dots per inch.

Several pages, with a NUL between them, are drawn one after the other; then each picture comes after a line with its length.
Graphviz speaks of its troubles on stderr only, and some input makes it crash: neither may touch the program that asked.
"""

from __future__ import annotations

import sys


def main(kind: str, dpi: str) -> int:
    """Draw. Returns 1 where a text is no DOT."""
    from pygraphviz import AGraph

    pages = sys.stdin.buffer.read().decode().split("\0")
    for page in pages:
        try:
            graph = AGraph(string=page)
        except ValueError as error:
            print(f"syntax error: {error}", file=sys.stderr)
            return 1
        graph.graph_attr["dpi"] = dpi
        drawn = graph.draw(format=kind, prog="dot")
        if len(pages) > 1:
            sys.stdout.buffer.write(b"%d\n" % len(drawn))
        sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
