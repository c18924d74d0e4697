"""From a request to a drawing: what is to be drawn, and the diagram that draws it.

A diagram is a module in ``graphs/diagrams`` with ``draw(subject: Subject) -> Drawing``; it is registered by one line in
:data:`DIAGRAMS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Final

from zeren.models.named import named
from zeren.models.problems import UsageError, choices, nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from zeren.engine.chain.model import Chain
    from zeren.engine.pack import Pack
    from zeren.engine.report import Report
    from zeren.graphs.diagrams.drawing import Drawing
    from zeren.models.organisation import Organisation

#: Name → the module that draws it, and what it shows.
DIAGRAMS: Final[dict[str, tuple[str, str]]] = {
    "map": ("zeren.graphs.diagrams.map", "责任体系总图"),
    "focus": ("zeren.graphs.diagrams.focus", "一个单位或岗位的四邻"),
    "post": ("zeren.graphs.diagrams.post", "一个岗位的责任"),
    "coverage": ("zeren.graphs.diagrams.coverage", "行业与属地、五级五覆盖"),
    "chain": ("zeren.graphs.diagrams.chain", "事故责任链"),
    "rule": ("zeren.graphs.diagrams.rule", "一条规则的条件"),
}

_WHERE: Final = {"rule": "，zeren rules list 列出全部规则"}


@dataclass(frozen=True)
class Subject:
    """What is to be drawn: the organisation at a moment under the rules, and what the diagram is about.

    ``incident``, ``post``, ``unit`` and ``rule`` are ids; ``findings`` asks for the findings of a check on the picture.
    Report and chain are made when a diagram asks for them.
    """

    org: Organisation
    pack: Pack
    on: int
    incident: str | None = None
    post: str | None = None
    unit: str | None = None
    rule: str | None = None
    findings: bool = False

    @cached_property
    def report(self) -> Report:
        """The check of the organisation."""
        from zeren.engine.audit import audit

        return audit(self.org, self.pack, self.on)

    @cached_property
    def chain(self) -> Chain:
        """The accountability chain of the incident. Raises UsageError where none is named or there is no such incident."""
        from zeren.engine.chain.trace import trace

        return trace(self.org, self.need("incident", "事故", "--incident"), self.on, self.pack)

    def need(self, name: str, what: str, option: str) -> str:
        """The id in the field ``name``. Raises UsageError where it was not given."""
        found = getattr(self, name)
        if not found:
            known = [str(fact.values[0]) for fact in self.org.facts.of(name)] if name in ("incident", "post", "unit") else []
            listed = f"；组织文件里有 {choices(known, 6)}" if known else ""
            raise UsageError.of("USE-绘图", f"这种图要说明画哪一个{what}", f"加上 {option} 编号{listed or _WHERE.get(name, '')}")
        return str(found)


def subject(org: Organisation, pack: Pack, on: int, *, incident: str | None = None, post: str | None = None, unit: str | None = None,
            rule: str | None = None, findings: bool = False) -> Subject:
    """A subject from words that people write: ids, or names as shown. The only incident of an organisation need not be named.

    Raises:
        UsageError: something does not exist, or a name is not the name of one thing only.
    """
    if rule is not None and rule not in pack.rule_files:
        raise _unknown("规则", rule, pack.rule_files, "zeren rules list 列出全部规则")
    incidents = [str(fact.values[0]) for fact in org.facts.of("incident")]
    return Subject(
        org, pack, on,
        incidents[0] if incident is None and len(incidents) == 1 else _named(org, incident, ("incident",), "事故"),
        _named(org, post, ("post",), "岗位"), _named(org, unit, ("unit", "post"), "单位或岗位"), rule, findings)


def _named(org: Organisation, word: str | None, relations: tuple[str, ...], what: str) -> str | None:
    return None if word is None else named(org, word, relations, what)


def _unknown(what: str, word: str, known: Collection[str], hint: str) -> UsageError:
    near = nearest(word, known)
    return UsageError.of("USE-对象", f"没有{what}“{word}”" + (f"，{near}" if near else ""), hint)


def drawing(kind: str, about: Subject) -> Drawing:
    """Make the diagram ``kind`` of a subject.

    Raises:
        UsageError: there is no such diagram, or what it needs was not given or does not exist.
    """
    if kind not in DIAGRAMS:
        near = nearest(kind, DIAGRAMS)
        raise UsageError.of("USE-绘图", f"没有“{kind}”这种图" + (f"，{near}" if near else ""), f"可用：{'、'.join(DIAGRAMS)}")
    module, _ = DIAGRAMS[kind]
    found: Drawing = import_module(module).draw(about)
    return found
