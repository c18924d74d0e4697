"""Checks over the whole organisation: references, ids, hierarchies, periods and office holders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Final

from zeren.models.checks_free import remarks
from zeren.models.checks_time import orders, tenures
from zeren.models.problems import Place, Problems, nearest
from zeren.models.registry import RECORD_KINDS, ledger_kinds
from zeren.models.relations import RELATIONS
from zeren.models.rows import Draft, index_of
from zeren.models.vocabulary import STATED_ABSENT

Rows = Mapping[str, Sequence[Draft]]

#: Relations whose ids may stand in one column must not share an id.
_DISJOINT: Final = (("unit", "post", "site", "hazard"), ("industry", "site"))
#: (relation, the column that says the kind, the column that refers) → kind → relations.
BY_KIND: Final[Mapping[tuple[str, str, str], Mapping[str, tuple[str, ...]]]] = {
    ("portfolio", "kind", "subject"): {
        "行业": ("industry",), "部门": ("unit",), "单位": ("unit",), "地域": ("territory",),
    },
    ("covers", "kind", "subject"): {
        "岗位": ("post",), "领导": ("post",), "第一责任人": ("post",), "行业": ("industry",), "单位": ("unit",),
        "责任单位": ("unit",), "牵头": ("unit",), "地域": ("territory",), "隐患": ("hazard",),
    },
}  # fmt: skip
#: Looking for the nearest id among thousands is slow: so many searches, each among so many ids that share letters.
_NEAREST_SEARCHES: Final = 60
_CANDIDATES: Final = 60
#: So many ids are listed where none is near.
_LISTED: Final = 12
#: Relation → where it is written, where that is not its plural.
_SECTIONS: Final = {
    "territory": "territories", "industry": "industries", "post": "单位的 posts", "inquiry": "事故的 inquiries", "period": "facts",
}
_STAT_HOLDERS: Final = ("unit", "territory")
_BEARERS: Final = ("unit", "post", "territory", "site", "hazard", "incident", "document", "record")


class Index:
    """The ids that are defined, and the former names of units."""

    def __init__(self, rows: Rows, formerly: Mapping[str, set[str]]) -> None:
        self.ids: dict[str, dict[str, Draft]] = {}
        for name, relation in RELATIONS.items():
            if relation.key == ("id",):
                entries = self.ids.setdefault(name, {})
                for draft in rows.get(name, ()):
                    own = draft.values[0]
                    if isinstance(own, str):
                        entries.setdefault(own, draft)
        self.formerly = formerly
        self._names: dict[str, dict[str, str]] = {}
        self._hints: dict[tuple[str, tuple[str, ...]], str] = {}

    def resolve(self, word: str, relations: Iterable[str]) -> str | None:
        """Return the id that ``word`` refers to: itself, or the one unit that was formerly called so."""
        for name in relations:
            if word in self.ids[name]:
                return word
        if "unit" in relations and len(self.formerly.get(word, ())) == 1:
            return next(iter(self.formerly[word]))
        return None

    def explain(self, word: str, relations: Sequence[str]) -> str:
        """Return how to mend a reference that leads nowhere."""
        key = (word, tuple(relations))
        hint = self._hints.get(key)
        if hint is None:
            hint = self._explain(word, relations)
            if len(self._hints) < _NEAREST_SEARCHES:
                self._hints[key] = hint
        return hint

    def _named(self, relation: str) -> Mapping[str, str]:
        """Display name → id, made when the first reference fails."""
        if relation not in self._names:
            has_name = RELATIONS[relation].column("name") is not None
            entries = self.ids[relation].items() if has_name else ()
            self._names[relation] = {str(draft.get("name")): own for own, draft in entries if draft.get("name")}
        return self._names[relation]

    def named(self, word: str, relations: Sequence[str]) -> str | None:
        """Return the id whose display name is ``word``."""
        return next((own for name in relations if (own := self._named(name).get(word))), None)

    def alike(self, word: str, relations: Sequence[str]) -> list[str]:
        """Return the ids that share most letters with ``word``, the most alike first, and no more than can be looked at."""
        letters = set(word)
        known = (own for name in relations for own in self.ids[name])
        return nsmallest(_CANDIDATES, known, key=lambda own: (-len(letters.intersection(own)), abs(len(own) - len(word)), own))

    def _explain(self, word: str, relations: Sequence[str]) -> str:
        if len(units := self.formerly.get(word, set())) > 1 and "unit" in relations:
            return f"“{word}”是{'、'.join(sorted(units))}的旧名称，请写明是哪一个"
        if (named := self.named(word, relations)) is not None:
            return f"引用要写 id：{named}"
        for name, entries in self.ids.items():
            if word in entries and name not in relations:
                return f"“{word}”是{RELATIONS[name].label}，这里要写{_labels(relations)}的 id"
        known = [own for name in relations for own in self.ids[name]]
        if len(self._hints) >= _NEAREST_SEARCHES:  # the search is slow; a file of wrong names shows its fault anyway
            return f"先在 {_sections(relations)} 里写出该{_labels(relations)}"
        split = "；多个值写成列表，用英文逗号分开" if any(mark in word for mark in "、，,;；") else ""
        alike = self.alike(word, relations)
        near = nearest(word, alike)
        define = f"先在 {_sections(relations)} 里写出该{_labels(relations)}"
        if near:
            return f"{near}；不是笔误的，{define}{split}"
        if not known:
            return f"{define}（现在一个也没有）{split}"
        listed = f"：{'、'.join(alike)}" if len(known) <= _LISTED else f"（现有 {len(known)} 个）"
        return f"{define}，或改为已有的 id{listed}{split}"


def check(drafts: Sequence[Draft], formerly: Mapping[str, set[str]], problems: Problems) -> Index:
    """Run every check; former names in references are replaced by the present id."""
    rows: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        rows[draft.relation].append(draft)
    index = Index(rows, formerly)
    _disjoint(rows, index, problems)
    check_rows(rows, index, problems)
    remarks(rows, index, problems)
    return index


def check_rows(rows: Rows, index: Index, problems: Problems) -> None:
    """Check rows whose references ``index`` knows: of a whole organisation, or those that join one and their neighbours."""
    for step in (_keys, _references, _kinds, _free, _details, _people, _pairs, _cycles):
        step(rows, index, problems)
    orders(rows, problems)
    tenures(rows, problems)


def _keys(rows: Rows, _index: Index, problems: Problems) -> None:
    """No two entries of a relation share its key."""
    for name, drafts in rows.items():
        relation = RELATIONS[name]
        places = [index_of(name, column) for column in relation.key]
        seen: dict[tuple[object, ...], Draft] = {}
        for draft in drafts if places else ():
            key = tuple(draft.values[place] for place in places)
            first = seen.setdefault(key, draft)
            if first.entry is draft.entry or None in key:
                continue
            words = "、".join(str(part) for part in key)
            if first.values == draft.values and "id" not in draft.entry.fields and relation.key == ("id",):
                problems.warn(
                    draft.place, "ORG-019", f"与 {first.place} 的{relation.label}内容完全相同，只算一条",
                    "确有两条时分别写 id",
                )  # fmt: skip
            else:
                problems.add(
                    draft.at(relation.key[0]), "ORG-010",
                    f"{relation.label}“{words}”重复，已写在 {first.at(relation.key[0])}", "改成不同的 id，或合并、删去一处",
                )  # fmt: skip


def _disjoint(_rows: Rows, index: Index, problems: Problems) -> None:
    """Ids that may stand in the same column are told apart."""
    for family in _DISJOINT:
        owner: dict[str, tuple[str, Draft]] = {}
        for name in family:
            for own, draft in index.ids[name].items():
                if own in owner:
                    other, first = owner[own]
                    problems.add(
                        draft.at("id"), "ORG-010",
                        f"{RELATIONS[name].label}与{RELATIONS[other].label}用了同一个 id“{own}”（{first.at('id')}）",
                        "其中一个改用别的 id，否则引用分不清",
                    )  # fmt: skip
                else:
                    owner[own] = (name, draft)


def _refer(draft: Draft, place: int, relations: Sequence[str], index: Index, problems: Problems, what: str) -> None:
    word = draft.values[place]
    if not isinstance(word, str) or word == STATED_ABSENT:
        return
    found = index.resolve(word, relations)
    if found is None:
        problems.add(
            draft.places.get(place, draft.place), "ORG-011", f"{what}“{word}”没有定义", index.explain(word, relations)
        )
    elif found != word:
        draft.values[place] = found


def _references(rows: Rows, index: Index, problems: Problems) -> None:
    """Every column that refers leads to something; “无” says that there is none."""
    for name, drafts in rows.items():
        for place, column in enumerate(RELATIONS[name].columns):
            if not column.refers:
                continue
            what = f"{RELATIONS[name].label}的 {column.name} "
            known = index.ids[column.refers[0]] if len(column.refers) == 1 else {}
            for draft in drafts:
                word = draft.values[place]
                if word is not None and word not in known:
                    _refer(draft, place, column.refers, index, problems, what)
    for name in ("territory", "industry"):
        parent = index_of(name, "parent")
        for draft in rows.get(name, ()):
            if draft.values[parent] == STATED_ABSENT:
                draft.values[parent] = None


def _kinds(rows: Rows, index: Index, problems: Problems) -> None:
    """Subjects whose relation depends on a kind."""
    for (name, kind, subject), table in BY_KIND.items():
        kind_at, subject_at = index_of(name, kind), index_of(name, subject)
        for draft in rows.get(name, ()):
            relations = table.get(str(draft.values[kind_at]))
            if relations:
                label = f"{RELATIONS[name].label}（{draft.values[kind_at]}）的"
                _refer(draft, subject_at, relations, index, problems, label)


def _free(rows: Rows, index: Index, problems: Problems) -> None:
    """Columns that refer without saying so in the catalogue."""
    for draft in rows.get("stat", ()):
        _refer(draft, 0, _STAT_HOLDERS, index, problems, "统计的 holder ")
    for draft in rows.get("waiver", ()):
        _refer(draft, 1, _BEARERS, index, problems, "豁免的 bearer ")
    at = index_of("record", "object")
    for draft in rows.get("record", ()):  # an object is free text, but a former name is still a name
        word = draft.values[at]
        if isinstance(word, str) and word in index.formerly:
            draft.values[at] = index.resolve(word, ("unit",)) or word
    kinds = ledger_kinds()
    for draft in rows.get("ledger", ()):
        kind = draft.text("kind")
        if kind is not None and kind not in kinds:
            near = nearest(kind, kinds)
            problems.add(
                draft.at("kind"), "ORG-004", f"没有“{kind}”这种台账",
                near or "可写履职记录、文件、关联的种类，统计指标，以及 隐患、事故、事故调查、处理",
            )  # fmt: skip


def _details(rows: Rows, index: Index, problems: Problems) -> None:
    """Raw records and details keep to the registry, and details that refer lead to something."""
    for draft in rows.get("record", ()):
        kind = draft.text("kind")
        if kind is not None and kind not in RECORD_KINDS:
            near = nearest(kind, RECORD_KINDS)
            problems.add(draft.at("kind"), "ORG-004", f"没有“{kind}”这种履职记录", near or "种类见 zeren schema org")
    records = index.ids["record"]
    for draft in rows.get("detail", ()):
        record, key = records.get(str(draft.values[0])), draft.values[1]
        keys = RECORD_KINDS.get(str(record.values[1])) if record is not None else None
        if record is None or keys is None or not isinstance(key, str):
            continue
        found = keys.get(key)
        if found is None:
            hint = nearest(key, keys) or f"该种类的要素有 {'、'.join(keys)}"
            problems.add(draft.at("key"), "ORG-017", f"“{record.values[1]}”没有要素“{key}”", hint)
        elif found.refers:
            _refer(draft, 2, found.refers, index, problems, f"{key} ")


def _people(rows: Rows, _index: Index, problems: Problems) -> None:
    """A sanction says who received it."""
    for draft in rows.get("sanction", ()):
        if draft.get("person") is None and draft.get("post") is None and not {1, 2} & draft.places.keys():
            problems.add(draft.place, "ORG-002", "处理缺少 person 或 post", "写明受处理的人（化名编号）或岗位")


def _pairs(rows: Rows, index: Index, problems: Problems) -> None:
    """Party committee and government correspond one to one."""
    for column, other in (("party", "government"), ("government", "party")):
        seen: dict[str, Draft] = {}
        for draft in rows.get("pair", ()):
            own, partner = draft.text(column), draft.text(other)
            if own is None or partner is None:
                continue
            first = seen.setdefault(own, draft)
            if first.text(other) != partner:
                problems.add(
                    draft.place, "ORG-015", f"“{own}”已与“{first.text(other)}”对应（{first.place}），又与“{partner}”对应",
                    "党委与政府一一对应，删去一处",
                )  # fmt: skip
    for draft in rows.get("pair", ()):
        party = index.ids["unit"].get(draft.text("party") or "")
        if party is not None and party.get("kind") not in ("党委", None):
            problems.add(draft.place, "ORG-015", f"党政对应的两方中，“{draft.text('party')}”不是党委", "一方的 kind 应为 党委")


def _cycles(rows: Rows, _index: Index, problems: Problems) -> None:
    """Trees are trees, and nobody leads his own leader; other loops of reporting are for the structure findings."""
    _cycle(rows.get("territory", ()), "id", "parent", "地域", problems)
    _cycle(rows.get("industry", ()), "id", "parent", "行业", problems)
    led = [draft for draft in rows.get("subordination", ()) if draft.get("kind") in ("领导", "内设")]
    _cycle(led, "unit", "superior", "隶属", problems)
    for draft in rows.get("subordination", ()):
        if draft.get("unit") == draft.get("superior") and draft not in led:
            problems.add(draft.at("superior"), "ORG-012", f"“{draft.get('unit')}”的上级写成了自己", "改为真正的上级")


def _cycle(drafts: Iterable[Draft], low: str, high: str, label: str, problems: Problems) -> None:
    above: defaultdict[str, dict[str, Draft]] = defaultdict(dict)
    for draft in drafts:
        own, parent = draft.text(low), draft.text(high)
        if own is not None and parent is not None:
            above[own].setdefault(parent, draft)
    for loop in _loops({own: sorted(parents) for own, parents in above.items()}):
        edges = [above[own][loop[(at + 1) % len(loop)]] for at, own in enumerate(loop)]
        if _together(edges):
            draft = min(edges, key=lambda edge: edge.at(high))
            place: Place = draft.at(high)
            start = edges.index(draft)
            path = " → ".join((*loop[start:], *loop[:start], loop[start]))
            problems.add(place, "ORG-012", f"{label}成了环：{path}", "去掉其中一处上级")


def _together(edges: Sequence[Draft]) -> bool:
    """Whether the edges hold at one time; a reorganisation may turn a relation round."""
    if edges[0].relation != "subordination":
        return True
    since = [value for edge in edges if isinstance(value := edge.get("since"), int)]
    until = [value for edge in edges if isinstance(value := edge.get("until"), int)]
    return not since or not until or max(since) < min(until)


def _loops(above: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return one loop for each place where following superiors comes back, without recursion."""
    done: set[str] = set()
    found = []
    for start in sorted(above):
        path: list[str] = []
        on_path: dict[str, int] = {}
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            unit, depth = stack.pop()
            for left in path[depth:]:
                done.add(left)
                del on_path[left]
            del path[depth:]
            if unit in on_path:
                found.append(path[on_path[unit]:])
                continue
            if unit in done:
                continue
            on_path[unit] = len(path)
            path.append(unit)
            stack.extend((parent, depth + 1) for parent in above.get(unit, ()))
        done.update(path)
    return found


def _sections(relations: Sequence[str]) -> str:
    """Where in an organisation file such things are written."""
    return "或".join(_SECTIONS.get(name, f"{name}s") for name in relations)


def _labels(relations: Sequence[str]) -> str:
    return "或".join(RELATIONS[name].label for name in relations)
