"""Structure findings: what is wrong with who answers for whom, before anybody has done or left undone anything.

What a rule can say is a rule (``rules/structure`` and two of 三管三必须); what takes a walk over the graph comes from
``graphs.faults``. Both are told in one form, with message, basis, smallest fix and the places in the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from zeren.engine.audit import audit
from zeren.engine.explain import Condition, Source
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack, builtin
from zeren.engine.report import Finding, Report
from zeren.engine.words import Words
from zeren.graphs.faults import Fault, faults
from zeren.graphs.network import AUTHORITIES, SUPERVISED, Network
from zeren.models.organisation import Organisation

#: The kinds, the gravest first.
KINDS: Final = ("无人监管", "责任空白", "责任交叉", "循环上报", "单点失效", "有责无权")
#: The rules that are about structure, and the kind of what they find.
RULES: Final = {
    "SGB-002": "责任空白", "SGB-003": "责任交叉", "JGU-001": "责任交叉", "JGU-002": "有责无权", "JGU-003": "有责无权",
    "JGU-004": "有责无权",
}
#: So many names are told in a sentence.
_NAMED: Final = 6
#: Looking for the facts of a trigger takes a moment; more findings than this only name where they point.
_EXPLAINED: Final = 20
_THREE_MUSTS: Final = "《安全生产法》第三条第三款：管行业必须管安全、管业务必须管安全、管生产经营必须管安全"
_BASIS: Final = {
    "无人监管": ("惯例：每个生产经营单位至少有一个行业主管部门和一级属地政府管得到", _THREE_MUSTS),
    "责任空白": ("惯例：属地管理按所在地落实到一级政府或者功能区管委会",),
    "循环上报": ("惯例：上下级关系自下而上，不得绕回自己",),
    "单点失效": ("惯例：监管与被监管分开，几条监管线不系于一人",),
}


@dataclass(frozen=True, slots=True)
class StructureFinding:
    """One fault of the structure. ``subjects`` are the ids of units and posts that it is about; ``rule`` is empty for graph work.

    ``outcome`` is ``fail``, or ``unknown`` where the files say that they are not complete.
    """

    id: str
    kind: str
    outcome: Outcome
    message: str
    fix: str
    basis: tuple[str, ...]
    subjects: tuple[str, ...]
    sources: tuple[Source, ...]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure findings of an organisation, the gravest kind first; ``notes`` say what could not be looked at."""

    name: str
    on: int
    profile: str
    findings: tuple[StructureFinding, ...]
    notes: tuple[str, ...] = ()

    def by(self, kind: str) -> tuple[StructureFinding, ...]:
        """The findings of one kind."""
        return tuple(one for one in self.findings if one.kind == kind)


def structure(org: Organisation, pack: Pack, on: int) -> Structure:
    """Look for faults in the structure of ``org`` at the moment ``on`` (seconds).

    Raises:
        RuleError: one of the rules about structure cannot be used.
    """
    report = audit(org, rules(pack), on, list(RULES))
    network = Network(org.facts, on)
    words = Words(org.labels, pack)
    found = [*_ruled(report), *(_told(fault, words) for fault in faults(network))]
    return Structure(org.name, on, report.profile, tuple(sorted(found, key=_order)), _notes(network))


def rules(pack: Pack) -> Pack:
    """The rules of ``pack`` and those that are about structure alone, which a check does not report."""
    return Pack((*pack.folders[1:], builtin() / "structure"), pack.profile)


def _order(one: StructureFinding) -> tuple[bool, int, str, tuple[str, ...], str]:
    return one.outcome is not Outcome.FAIL, KINDS.index(one.kind), one.rule, one.subjects, one.id


def _ruled(report: Report) -> Iterator[StructureFinding]:
    for at, finding in enumerate((*report.by(Outcome.FAIL), *report.by(Outcome.UNKNOWN))):
        open_ = finding.outcome is Outcome.UNKNOWN
        yield StructureFinding(
            finding.id, RULES[finding.rule.id], finding.outcome,
            f"{finding.bearer_label}（{'、'.join(finding.per)}）：{finding.rule.title}，机构资料不全，不能判定" if open_ else finding.message,
            f"补齐{finding.bearer_label}和有关单位的资料，去掉 partial" if open_ else finding.fix,
            finding.basis, _subjects(finding, report), _sources(finding, at < _EXPLAINED), finding.rule.id,
        )  # fmt: skip


def _subjects(finding: Finding, report: Report) -> tuple[str, ...]:
    """The units and posts that a finding names: of its key, and of the facts that prove it."""
    context = report.evaluation.context
    named = [*finding.instance.key, *(value for fact in finding.instance.evidence for value in fact.values)]
    known = [str(one) for one in named if any(context.by_id(relation, one) is not None for relation in ("unit", "post"))]
    return tuple(dict.fromkeys(known))


def _sources(finding: Finding, whole: bool) -> tuple[Source, ...]:
    """Where the files say what the finding is about: the facts that prove the breach, and with ``whole`` those of its trigger."""
    trigger = [source for part in finding.explain().tree if part.text == "适用" for source in _within(part)] if whole else []
    return tuple(dict.fromkeys([*finding.evidence, *trigger, *([finding.source] if finding.source else [])]))


def _within(part: Condition) -> Iterator[Source]:
    yield from part.sources
    for child in part.children:
        yield from _within(child)


def _told(fault: Fault, words: Words) -> StructureFinding:
    names = _names([words.value(one) for one in fault.subjects])
    message, fix = _sentences(fault, names, words)
    key = "\x1f".join([fault.kind, fault.detail, *fault.posts, *fault.subjects])
    outcome = Outcome.FAIL if fault.certain else Outcome.UNKNOWN
    sources = tuple(Source(words.fact(fact), fact.place.file, fact.place.line, fact.place.column) for fact in fault.facts)
    return StructureFinding(sha256(key.encode()).hexdigest()[:12], fault.kind, outcome, message, fix, _BASIS[fault.kind],
                            (*fault.posts, *fault.subjects), sources)


def _sentences(fault: Fault, names: str, words: Words) -> tuple[str, str]:
    """What is wrong, and the smallest mend."""
    posts = _names([words.value(one) for one in fault.posts])
    match fault.kind:
        case "无人监管" if not fault.certain:
            return f"没有写明{names}在哪里、由谁管，无法判断有没有人监管", f"在{names}下写 territory 和 industries；外地的单位写明其上级（superior）"
        case "无人监管":
            return (f"没有任何党政机关、部门或者园区管得到{names}：既没有主管、监管它的部门，也没有属地",
                    f"写明{names}所在的地域（territory）和经营的行业（industries），由当地政府明确主管部门")
        case "责任空白" if fault.detail:
            place = words.value(fault.detail)
            return (f"{place}没有政府或者管委会负责属地管理，{names}只有部门管、没有属地",
                    f"写明管{place}的政府或者管委会；已经委托园区、街道的，把它写成单位，territory 写{place}")
        case "责任空白":
            return f"没有写明{names}所在的地域，无法确定由谁负责属地管理", f"在{names}下写 territory"
        case "循环上报":
            way = " → ".join(words.value(one) for one in (*fault.subjects, fault.subjects[0]))
            return f"上下级关系绕成一圈：{way}", "去掉其中一处上级（superior），或者给已经变更的关系写上截止日期（until）"
        case "单点失效" if fault.sided:
            return (f"监管{names}的人同时在{names}任职：{fault.detail} 兼任{posts}",
                    f"免去{fault.detail}在其中一方的职务，或者改由别的单位监管{names}")
    return (f"监管{names}的几条线都系于 {fault.detail} 一人（{posts}），他缺位时无人负责",
            f"把{posts}分给不同的人，或者另明确一名分管负责人")



def _names(found: Sequence[str]) -> str:
    return "、".join(found[:_NAMED]) + (f"等{len(found)}个" if len(found) > _NAMED else "")


def _notes(network: Network) -> tuple[str, ...]:
    kinds = {unit.kind for unit in network.units.values()}
    if kinds and kinds <= set(SUPERVISED):
        return ("组织文件里没有党政机关或者监管部门，不判断有没有人监管",)
    if kinds and not kinds & set(AUTHORITIES):
        return ("组织文件里没有政府或者园区，不判断属地",)
    return ()
