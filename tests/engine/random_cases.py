"""Random organisations and random rules for the differential tests: a small universe of ids, so that joins hit.

Rules are written as their authors write them and go through the reader; whatever loads must run the same everywhere.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

from zeren.engine.backends.indexed import Indexed
from zeren.engine.evaluate import _prepared, layered
from zeren.engine.language.plan import Plan, plan
from zeren.engine.language.read import read_rule
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value
from zeren.models.moments import DAY, format_moment, parse_moment
from zeren.models.problems import Problems, RuleError
from zeren.models.relations import AUTHORED, RELATIONS, Column, Relation, Type
from zeren.models.vocabulary import VOCABULARIES
from zeren.models.yaml_text import parse

ON: Final = parse_moment("2024-06-30", "end")
SINCE: Final = parse_moment("2024-01-01")
#: Few, a month of thirty days apart, so that moments often meet each other, and limits of thirty days too; and one second before one of them.
MOMENTS: Final = [SINCE + 30 * DAY * n for n in range(-1, 7)] + [SINCE + 60 * DAY - 1, ON]
UNIVERSE: Final = {
    "territory": ["t0", "t1", "t2"], "unit": ["u0", "u1", "u2"], "post": ["p0", "p1", "p2"], "site": ["s0"],
    "record": ["r0", "r1", "r2", "r3"], "document": ["d0", "d1"], "hazard": ["h0", "h1"], "link": ["l0", "l1"],
    "incident": ["i0", "i1"], "industry": ["y0"], "inquiry": ["q0"], "sanction": ["x0"],
}  # fmt: skip
_TEXTS: Final = {
    "unit.function": ["应急管理"], "record.kind": ["会议", "检查", "整改"], "ledger.kind": ["会议", "检查", "整改", "隐患", "方案", "预案", "发包"],
    "document.kind": ["方案", "预案"], "link.kind": ["发包", "审批"], "detail.key": ["金额", "文书"], "period.kind": ["月", "季度"],
    "unit.kind": ["政府", "企业", "部门"], "post.role": ["主要负责人", "成员"], "subordination.kind": ["领导", "业务指导"],
    "stat.metric": ["死亡人数", "事故起数"], "tag.tag": ["高危", "规上"], "appointment.person": ["n0", "n1"], "incident.kind": ["火灾", "生产安全事故"],
    "within.level": ["市级", "县级"], "territory.level": ["市级", "县级"], "unit.level": ["市级", "县级"], "period.year": ["2024"],
    "state.kind": ["会议", "检查", "整改"], "portfolio.subject": ["u0", "安全生产"], "graded.grade": ["一般", "较大"], "breach.rule": ["T-001"], "passed.rule": ["T-001"],
}  # fmt: skip
_FREE: Final = ["u0", "u1", "h0", "r0", "p0", "i0", "a", "无"]
#: What organisations are made of, and how many facts of each.
_SIZES: Final = {
    "territory": 3, "unit": 3, "post": 3, "subordination": 3, "appointment": 4, "portfolio": 2, "tag": 2, "member": 2, "pair": 1,
    "record": 4, "detail": 4, "document": 2, "covers": 3, "hazard": 2, "link": 2, "stat": 4, "incident": 2, "involved": 3, "ledger": 6,
    "waiver": 1,
}  # fmt: skip
#: What rules look at.
PATTERNS: Final = (
    "unit", "post", "subordination", "appointment", "portfolio", "tag", "member", "pair", "record", "record", "detail", "document",
    "covers", "hazard", "link", "stat", "incident", "involved", "within", "under", "answerable", "state", "graded",
    "table.试表", "param.试数", "param.试级", "param.试词", "measure.试和", "measure.试次", "breach", "passed", "period",
)  # fmt: skip


_TABLE = {
    "table": "试表", "label": "试表", "columns": {"kind": "文字", "limit": "数字", "after": "时间", "wait": "时长"}, "key": ["kind"],
    "temporal": True, "basis": [{"custom": "试"}], "confidence": "惯例",
    "rows": [{"kind": "政府", "limit": "1", "after": "2024-03-01", "until": "2024-04-30"}, {"kind": "政府", "limit": "2.5", "wait": "30天",
             "since": "2024-04-30"}, {"kind": "企业", "after": "2024-01-31"}, {"kind": "会议", "limit": "3"}],
}  # fmt: skip
_PARAMETERS = [
    {"name": "试数", "type": "数字", "set": False, "default": "2.5"},
    {"name": "试级", "type": "数字", "set": False, "key": "层级", "default": {"市级": "1", "县级": "3"}},
    {"name": "试词", "type": "文字", "set": True, "default": ["会议", "政府", "u0"]},
]
_MEASURES = [
    {"name": "试和", "label": "试和", "for": [{"stat": {"holder": "$u", "metric": "$m"}}], "key": {"holder": "$u", "metric": "$m"},
     "each": [{"stat": {"holder": "$u", "metric": "$m", "value": "$v"}}], "value": {"sum": "$v"},
     "relies": [{"ledger": {"holder": "$u", "kind": "$m"}}]},
    {"name": "试次", "label": "试次", "for": [{"unit": {"id": "$u"}}], "key": {"unit": "$u"},
     "each": [{"record": {"id": "$r", "actor": "$u"}}], "value": {"count": "$r"}, "relies": [{"ledger": {"holder": "$u", "kind": "会议"}}]},
]  # fmt: skip


def pack_of(folder: Path) -> Pack:
    """The shipped tables and a few small ones that random rules look at."""
    meta = {"label": "试", "doc": "试", "basis": [{"custom": "试"}], "confidence": "惯例"}
    (folder / "tables").mkdir()
    (folder / "tables" / "试表.yaml").write_text(json.dumps(_TABLE, ensure_ascii=False), "utf-8")
    (folder / "parameters.yaml").write_text(json.dumps([meta | one for one in _PARAMETERS], ensure_ascii=False), "utf-8")
    (folder / "measures.yaml").write_text(json.dumps(_MEASURES, ensure_ascii=False), "utf-8")
    return Pack([folder])


def _pool(relation: Relation, column: Column) -> Sequence[Value]:
    """The values that stand in a column; rules take their literals from the same."""
    name = f"{relation.name}.{column.name}"
    if column.type is Type.MOMENT:
        return MOMENTS
    if column.type is Type.NUMBER:
        return [Decimal(0), Decimal(1), Decimal("2.5"), Decimal(3)]
    if column.type is Type.BOOL:
        return [True, False]
    if column.type is Type.DURATION:
        return [DAY, 30 * DAY]
    if column.name == "id":
        return UNIVERSE[relation.name]
    if name in _TEXTS:
        return _TEXTS[name]
    if column.refers:
        return [id for other in column.refers for id in UNIVERSE[other]]
    if column.vocabulary:
        return VOCABULARIES[column.vocabulary][:2]
    return _FREE


def organisation(rnd: Random, wide: bool = False) -> Facts:
    """A random organisation; the ids that others refer to always exist. ``wide`` ones have facts of every relation."""
    sizes = {**({relation.name: 2 for relation in AUTHORED} if wide else {}), **_SIZES}
    return Facts(fact for name, most in sizes.items() for fact in rows(rnd, RELATIONS[name], most))


def rows(rnd: Random, relation: Relation, most: int) -> list[Fact]:
    """Random facts of one relation, at most ``most``."""
    names = relation.names
    fixed = relation.name in ("territory", "unit", "post")
    keyed = UNIVERSE.get(relation.name, [])[: most if fixed else rnd.randint(most // 2, most)]
    found = []
    for at in range(len(keyed) if "id" in names else rnd.randint(most // 2, most)):
        values: list[Value] = []
        for column in relation.columns:
            if column.name == "id":
                values.append(keyed[at])
            elif relation.name == "territory" and column.name == "parent":
                values.append(rnd.choice(UNIVERSE["territory"][:at]) if at and rnd.random() < 0.8 else None)
            elif not column.required and rnd.random() < 0.35:
                values.append(None)
            else:
                values.append(rnd.choice(_pool(relation, column)))
        if relation.temporal:
            since, until = names.index("since"), names.index("until")
            start, end = values[since], values[until]
            if isinstance(start, int) and isinstance(end, int) and end <= start:
                values[until] = start + 30 * DAY
        if relation.name == "waiver":
            values[names.index("rule")] = "T-001"
            values[names.index("bearer")] = rnd.choice(_FREE)
        found.append(Fact(relation.name, tuple(values)))
    return found


@dataclass
class Writer:
    """Writes a random rule: patterns that join, with operators, conditions, branches and counts."""

    rnd: Random
    schema: Pack
    known: dict[str, tuple[Type, frozenset[Value]]] = field(default_factory=dict)
    made: int = 0

    def rule(self, id: str) -> dict[str, Any]:
        """A rule as plain data; it may still be one that the reader refuses."""
        rnd = self.rnd
        scope = self.patterns(rnd.choice([1, 1, 2, 2, 3]))
        texts = [name for name, (kind, _) in self.known.items() if kind is Type.TEXT]
        if not texts:
            return {}
        bearer = rnd.choice(texts)
        per = [name for name in self.known if name != bearer and rnd.random() < 0.7]
        self.known = {name: self.known[name] for name in (bearer, *per)}
        done, need = self.need() if rnd.random() < 0.85 else ("", [])
        forbid = self.part() if not need or rnd.random() < 0.2 else []
        rule: dict[str, Any] = {
            "id": id, "title": "试", "mechanism": "试", "modality": "义务", "severity": "一般",
            **({"since": "2024-01-31"} if rnd.random() < 0.1 else {}),
            **({"item": rnd.choice(["安委会主任", "安委办", "甲"])} if rnd.random() < 0.15 else {}),
            "basis": [{"custom": "试"}], "for": scope, "bearer": f"${bearer}", "per": [f"${name}" for name in per],
            "need": need, "unless": [{"when": self.part(), "basis": [{"custom": "试"}]}] if rnd.random() < 0.2 else [],
            "forbid": forbid, "done": f"${done}" if done else "", "due": self.due() if done or rnd.random() < 0.2 else "",
            "relies": self.relies(bearer), "message": "试",
        }  # fmt: skip
        return {key: value for key, value in rule.items() if value not in ([], "")}

    def due(self) -> str:
        moments = [f"${name}" for name, (kind, _) in self.known.items() if kind is Type.MOMENT]
        base = self.rnd.choice([*moments, *moments, *moments, self._date(), "2024-09-01"])
        return base + self.rnd.choice(["", "", " + 30天", " - 30天", " - 1天"])

    def relies(self, bearer: str) -> list[Any]:
        if self.rnd.random() < 0.25:
            return []
        ledger: dict[str, Any] = {"holder": self.rnd.choice([f"${bearer}", "u0"]), "kind": self.rnd.choice(["会议", ["会议", "检查"]])}
        if self.rnd.random() < 0.4:
            ledger |= {"from": "2024-01-01", "to": "$on"}
        return [{"ledger": ledger}]

    def part(self) -> list[Any]:
        kept = dict(self.known)
        found = self.patterns(self.rnd.randint(1, 2))
        self.known = kept
        return found

    def need(self) -> tuple[str, list[Any]]:
        """The patterns of `need` and, half of the time, the variable of the moment of fulfilment."""
        kept = dict(self.known)
        items = self.patterns(self.rnd.randint(1, 2))
        moments = [name for name, (kind, _) in self.known.items() if kind is Type.MOMENT and name not in kept]
        if self.rnd.random() < 0.25:
            inner = dict(self.known)
            groups = {}
            for name in ("甲", "乙", "丙")[: self.rnd.randint(1, 3)]:
                groups[name] = self.patterns(1)
                self.known = dict(inner)
            items.append({"all": groups})
        self.known = kept
        return (self.rnd.choice(moments) if moments and self.rnd.random() < 0.6 else ""), items

    def patterns(self, count: int) -> list[Any]:
        """``count`` items that hang together, and conditions over what they bind."""
        items: list[Any] = []
        for _ in range(count):
            luck = self.rnd.random()
            if luck < 0.12 and items:
                items.append(self.any_of())
            elif luck < 0.22 and self.known:
                items.append(self.at_least())
            else:
                items.append(self.atom())
            if self.rnd.random() < 0.2:
                items += self.conditions()
        return items

    def any_of(self) -> dict[str, Any]:
        start, ends, branches = dict(self.known), [], []
        for _ in range(self.rnd.randint(2, 3)):
            self.known = dict(start)
            branches.append(self.patterns(self.rnd.randint(1, 2)))
            ends.append(self.known)
        self.known = {name: kind for name, kind in ends[0].items() if all(name in end for end in ends)}
        return {"any": branches}

    def at_least(self) -> dict[str, Any]:
        start = dict(self.known)
        of = [self.atom(), *([self.atom()] if self.rnd.random() < 0.3 else []), *(self.conditions() if self.rnd.random() < 0.4 else [])]
        fresh = [name for name in self.known if name not in start]
        self.known = start
        numbers = [f"${name}" for name, (kind, _) in start.items() if kind is Type.NUMBER]
        if not fresh:
            return of[0]
        return {"at_least": {"n": self.rnd.choice(["0", "1", "2", *numbers]), "distinct": f"${self.rnd.choice(fresh)}", "of": of}}

    def conditions(self) -> list[Any]:
        """A `where` or `let` over two variables of one type, or none where there are none."""
        kinds = {Type.MOMENT: ["$a - $b <= 30天", "$a < $b", "$a <= $b", "$a != $b", "$a - 30天 > $b", "$a + 60天 >= $on"],
                 Type.NUMBER: ["$a * 2 - $b >= 1", "$a - $b < 2", "$a > $b", "$a == $b"], Type.TEXT: ["$a != $b", "$a == $b"]}  # fmt: skip
        names = {kind: [name for name, (own, _) in self.known.items() if own is kind] for kind in kinds}
        kind = self.rnd.choice([kind for kind in kinds if names[kind]] or [Type.TEXT])
        if not names[kind]:
            return []
        a, b = self.rnd.choices(names[kind], k=2) if len(names[kind]) < 2 else self.rnd.sample(names[kind], 2)
        if kind is Type.MOMENT and self.rnd.random() < 0.3:
            name = self._fresh(Type.MOMENT, MOMENTS)
            return [{"let": {name: f"${a} {self.rnd.choice('+-')} 30天"}}]
        return [{"where": [self.rnd.choice(kinds[kind]).replace("$a", f"${a}").replace("$b", f"${b}")]}]

    def atom(self) -> dict[str, Any]:
        """A pattern that shares a variable with what is known, where that can be."""
        some = self.rnd.sample(PATTERNS, 12)
        joins = [(name, rel, column) for name in self.known for rel in some for column in self._relation(rel).columns
                 if self._fits(name, column, _pool(self._relation(rel), column))]  # fmt: skip
        if joins and self.rnd.random() < 0.95:
            name, rel, column = self.rnd.choice(joins)
            cells: dict[str, Any] = {column.name: f"${name}"}
        else:
            rel, cells = self.rnd.choice(("unit", "post", "record", "detail", "hazard", "link", "stat", "incident", "document", "covers")), {}
        relation = self._relation(rel)
        for other in relation.columns:
            if other.name not in cells and self.rnd.random() < (0.7 if other.name in ("id", "kind") else 0.2):
                cells[other.name] = self._term(relation, other)
        if relation.temporal and "at" not in relation.names and self.rnd.random() < 0.2:
            cells["at"] = self._moment()
        elif relation.temporal and self.rnd.random() < 0.15:
            cells["overlaps"] = [self._moment(), self._moment()]
        if rel == "period":
            cells["kind"] = self.rnd.choice(["月", "季度"])
        if rel in ("breach", "passed"):
            cells["rule"] = "T-001"
        if rel.startswith("param."):
            return {"param": {"name": rel.removeprefix("param."), **cells}}
        return {rel: cells}

    def _relation(self, name: str) -> Relation:
        return RELATIONS.get(name) or self.schema[name]

    def _fits(self, name: str, column: Column, pool: Sequence[Value]) -> bool:
        """Whether a variable may stand in a column and has a fair chance to meet a value there."""
        kind, values = self.known[name]
        return kind is column.type and kind is not Type.BOOL and 2 * len(values & set(pool)) >= min(len(values), len(set(pool)))

    def _fresh(self, kind: Type, values: Sequence[Value]) -> str:
        self.made += 1
        name = f"v{self.made}"
        self.known[name] = (kind, frozenset(values))
        return name

    def _moment(self) -> str:
        moments = [f"${name}" for name, (kind, _) in self.known.items() if kind is Type.MOMENT]
        return self.rnd.choice([*moments, "$on", self._date()])

    def _date(self) -> str:
        return format_moment(self.rnd.choice(MOMENTS[:8]))

    def _literal(self, relation: Relation, column: Column) -> Any:
        value = self.rnd.choice(_pool(relation, column))
        if isinstance(value, bool):
            return value
        if column.type is Type.MOMENT:
            assert isinstance(value, int)
            return format_moment(value)
        return "30天" if column.type is Type.DURATION else str(value)

    def _term(self, relation: Relation, column: Column) -> Any:
        luck, one = self.rnd.random(), self._literal(relation, column)
        if column.type is Type.BOOL:
            return one if luck < 0.5 else {"not": one}
        if luck < (0.9 if column.name == "id" else 0.55) and not (column.many and relation.name == "param.试词"):
            return f"${self._fresh(column.type, _pool(relation, column))}"
        if luck < 0.62:
            return one
        if luck < 0.66:
            return [one, self._literal(relation, column)]
        if luck < 0.7:
            return {"not": one}
        if luck < 0.76:
            return {"present": self.rnd.choice([True, False])}
        if luck < 0.82:
            fits = [f"${name}" for name in self.known if self._fits(name, column, _pool(relation, column))]
            return self.rnd.choice(fits) if fits else "$_"
        if column.type is Type.TEXT:
            return one
        if luck < 0.94:
            return {self.rnd.choice(["ge", "gt", "le", "lt"]): one if column.type is not Type.MOMENT else self._moment()}
        return {"in": sorted([one, self._literal(relation, column)])}


def read(rule: dict[str, Any], pack: Pack) -> Plan | None:
    """Read and compile a rule; nothing where the reader refuses it."""
    problems = Problems()
    found = read_rule(parse(json.dumps(rule, ensure_ascii=False), "随机.yaml"), pack, problems)
    return plan(found, pack, problems) if found is not None else None


def book_of(rnd: Random, pack: Pack, facts: Facts, count: int, least: int = 1) -> tuple[list[dict[str, Any]], list[Plan]]:
    """Random rules that the reader accepts, as written and as compiled; most of them have at least ``least`` instances and find something for one."""
    trial = Indexed(_prepared(facts.until(ON), pack, frozenset(PATTERNS), ON, SINCE, "indexed"), ON)
    texts: list[dict[str, Any]] = []
    plans: list[Plan] = []
    for _ in range(60 * count):
        written = Writer(rnd, pack).rule(f"T-{len(plans) + 1:03}")
        found = read(written, pack) if written else None
        if found is not None and (_tells(found, trial, least) or rnd.random() < 0.03):
            texts.append(written)
            plans.append(found)
        if len(plans) == count:
            break
    return texts, plans


def in_a_circle(plans: Sequence[Plan]) -> bool:
    """Whether random rules wait for each other, which is refused."""
    try:
        layered(plans)
    except RuleError:
        return True
    return False


def _tells(plan: Plan, trial: Indexed, least: int) -> bool:
    """Whether a rule has instances and its demands ever match: one that finds nothing anywhere shows little."""
    scope = trial.scope(plan.scope, ON)
    queries = [*(query for part in plan.parts for query in part.queries), *plan.breaches]
    return len(scope.rows) >= least and (not queries or any(scope.matches(query) for query in queries))


def names_ids(plan: Plan) -> bool:
    """Whether a rule names an id of the universe, itself or by a parameter."""
    text = repr((plan.scope, plan.parts, plan.breaches, plan.exemptions, plan.rule.relies))
    return "param.试词" in plan.relations or any(f"'{id}'" in text for group in UNIVERSE.values() for id in group)
