"""Which ledgers must be closed before a missing match may be read as a no (design §2, docs/semantics.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from zeren.engine.language.syntax import Atom, Const, Expr, Step, Test, atoms, variables
from zeren.models.relations import INSIDE, Relation, Type, World

#: What names one row of a relation that has no key of its own; a detail only where its key takes a single value.
_KEYS: Mapping[str, tuple[str, ...]] = {"detail": ("record", "key"), "attribute": ("subject", "key")}


@dataclass(frozen=True, slots=True)
class Reliance:
    """A ledger: who keeps it, what kinds of papers, and the window it must cover (open ends: the judgement).

    Other forms: ``measure`` asks that a measure with these key values (``columns``) is complete; ``fact`` that the
    ledger is closed or the one fact with these key values states something that a test speaks against; ``never`` can
    not be closed at all.
    """

    holder: Expr | None
    kinds: tuple[Expr, ...]
    start: Expr | None = None
    end: Expr | None = None
    form: str = "ledger"
    relation: str = ""
    columns: tuple[tuple[str, Expr], ...] = ()
    tests: tuple[Test, ...] = ()


def reliances(branches: Iterable[tuple[Step, ...]], scope: tuple[Step, ...], fields: frozenset[str],
              schema: Mapping[str, Relation]) -> tuple[list[Reliance], list[Atom]]:
    """Return what ``branches`` rely on, and the atoms for which no ledger can be derived.

    A term counts only where it is a literal or a field of the instance, so that the ledger is the same for all matches.
    """
    found: list[Reliance] = []
    unclear: list[Atom] = []
    for steps in branches:
        inner = list(atoms(steps))
        for atom in inner:
            relation = schema[atom.relation]
            if atom.relation.startswith("measure."):
                found.append(_measure(atom, fields))
            elif atom.relation == "coverage":
                found.append(Reliance(None, (), form="never", relation="coverage"))
            elif relation.world is World.LEDGERED:
                one = _ledgered(atom, inner, scope, fields, schema)
                found.extend(one) if one is not None else unclear.append(atom)
            elif atom.relation == "state":
                unclear.append(atom)
    return list(dict.fromkeys(found)), unclear


def _measure(atom: Atom, fields: frozenset[str]) -> Reliance:
    terms = [(test.column, test.operands[0]) for test in atom.tests
             if test.op == "eq" and test.column not in ("value", "complete") and _settled(test.operands[0], fields)]
    return Reliance(None, (), form="measure", relation=atom.relation, columns=tuple(terms))


def _ledgered(atom: Atom, inner: list[Atom], scope: tuple[Step, ...], fields: frozenset[str],
              schema: Mapping[str, Relation]) -> list[Reliance] | None:
    if atom.relation in INSIDE and schema[atom.relation].holder is None:
        column, outer = INSIDE[atom.relation]
        owner = atom.variable(column)
        if any(other.relation == outer and other.variable("id") == owner for other in inner):
            return []
        host = _host(scope, outer, owner)
        one = _of_atom(host, host, fields, schema) if host else None
    else:
        one = _of_atom(atom, _host(scope, atom.relation, atom.variable("id")), fields, schema)
    return [_statable(one, atom, fields, schema)] if one is not None else None


def _of_atom(atom: Atom, host: Atom | None, fields: frozenset[str], schema: Mapping[str, Relation]) -> Reliance | None:
    relation = schema[atom.relation]
    holder = _term(relation.holder, atom, host, fields)
    kinds = _kinds(relation.kind, atom, host, fields)
    if holder is None or not kinds:
        return None
    start, end = _window(relation.event, atom, fields)
    return Reliance(holder, kinds, start, end)


def _statable(one: Reliance, atom: Atom, fields: frozenset[str], schema: Mapping[str, Relation]) -> Reliance:
    """A fact that the instance names may state the opposite (无, another value), which needs no ledger."""
    key = _KEYS.get(atom.relation, schema[atom.relation].key)
    terms = tuple((column, term) for column in key if (term := atom.term(column)) is not None and _settled(term, fields))
    tests = tuple(test for test in atom.tests if test.column not in key and all(_settled(o, fields) for o in test.operands))
    if not key or len(terms) < len(key) or not tests:
        return one
    return replace(one, form="fact", relation=atom.relation, columns=terms, tests=tests)


def _host(scope: tuple[Step, ...], relation: str, name: str | None) -> Atom | None:
    """The atom of ``for`` that describes the fact with this id variable."""
    if name is None:
        return None
    return next((step for step in scope if isinstance(step, Atom) and step.relation == relation and step.variable("id") == name), None)


def _term(column: str | None, atom: Atom, host: Atom | None, fields: frozenset[str]) -> Expr | None:
    for source in (atom, host):
        term = source.term(column) if source is not None and column is not None else None
        if term is not None and _settled(term, fields):
            return term
    return None


def _kinds(column: str | None, atom: Atom, host: Atom | None, fields: frozenset[str]) -> tuple[Expr, ...]:
    if column is None:
        return ()
    if column.startswith("="):
        return (Const(column[1:], Type.TEXT),)
    for source in (atom, host):
        for test in source.tests if source is not None else ():
            if test.column == column and test.op in ("eq", "any") and all(_settled(o, fields) for o in test.operands):
                return test.operands
    return ()


def _window(event: str | None, atom: Atom, fields: frozenset[str]) -> tuple[Expr | None, Expr | None]:
    for test in atom.tests:
        if test.column == event and test.op == "in" and all(_settled(o, fields) for o in test.operands):
            return test.operands[0], test.operands[1]
    return None, None


def _settled(expr: Expr, fields: frozenset[str]) -> bool:
    return set(variables(expr)) <= {*fields, "on"}
