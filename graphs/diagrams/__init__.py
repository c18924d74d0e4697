"""One file per diagram: pure functions from facts, findings or a chain to DOT.

A diagram is a module with ``draw(subject: Subject) -> Drawing`` (``zeren.graphs.draw``), built from ``parts`` in the look of
``style``, and one line in ``zeren.graphs.draw.DIAGRAMS``. Every page has to be readable when it is projected
(``zeren.graphs.render.legibility``): at most about 16.5 × 9.2 inches, which is 4–6 cards in a rank and 25–40 on a page; beyond that
collapse, split into ``Drawing.parts``, and say so in ``Drawing.notes``.
"""
