"""Run in a process of its own: DOT on stdin, a picture on stdout. Arguments: format and dots per inch.

Graphviz speaks of its troubles on stderr only, and some input makes it crash: neither may touch the program that asked.
"""

from __future__ import annotations

import sys


def main(kind: str, dpi: str) -> int:
    """Draw. Returns 1 where the text is no DOT."""
    from pygraphviz import AGraph

    try:
        graph = AGraph(string=sys.stdin.buffer.read().decode())
    except ValueError as error:
        print(f"syntax error: {error}", file=sys.stderr)
        return 1
    graph.graph_attr["dpi"] = dpi
    sys.stdout.buffer.write(graph.draw(format=kind, prog="dot"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
