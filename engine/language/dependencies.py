"""Which variables a key determines: the closure of the functional dependencies of a conjunction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from zeren.engine.language.syntax import ON, Atom, Const, Expr, Let, Step, variables
from zeren.models.relations import Relation

#: Further keys of relations, besides ``Relation.key``.
_FURTHER: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "pair": (("party",), ("government",)),
    "within": (("part", "whole"),),
    "period": (("kind", "year", "index"),),
}


def determined(steps: tuple[Step, ...], key: Iterable[str], schema: Mapping[str, Relation]) -> set[str]:
    """Return every variable whose value follows from the variables of ``key`` (``$on`` is always known)."""
    known = {*key, ON}
    while True:
        more = {name for step in steps for name in _follows(step, known, schema)} - known
        if not more:
            return known
        known |= more


def _follows(step: Step, known: set[str], schema: Mapping[str, Relation]) -> Iterable[str]:
    if isinstance(step, Let):
        return (step.name,) if set(variables(step.expr)) <= known else ()
    if not isinstance(step, Atom):
        return ()
    relation = schema[step.relation]
    keys = [key for key in (relation.key, *_FURTHER.get(relation.name, ())) if key]
    if step.relation.startswith("param."):
        keys = [relation.key]
    if step.relation.startswith(("param.", "table.")) and relation.temporal and not _dated(step):
        keys = []
    if not any(all(_is_known(step.term(column), known) for column in key) for key in keys):
        return ()
    single = {column.name for column in relation.columns if not column.many}
    return [name for column in single if (name := step.variable(column))]


def _dated(atom: Atom) -> bool:
    """Whether the pattern picks the rows of one moment."""
    return any(test.op == "at" for test in atom.tests)


def _is_known(term: Expr | None, known: set[str]) -> bool:
    return term is not None and (isinstance(term, Const) or set(variables(term)) <= known)
