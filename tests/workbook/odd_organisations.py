"""Random organisations with nasty texts: every relation, every type, and all that a cell may be mistaken for."""

import json
from decimal import Decimal
from random import Random
from typing import Any, Final

from zeren.models.checks import BY_KIND
from zeren.models.moments import DAY, moment_of
from zeren.models.organisation import Organisation, build
from zeren.models.registry import RECORD_KINDS, ledger_kinds
from zeren.models.relations import AUTHORED, Column, Relation, Type
from zeren.models.vocabulary import VOCABULARIES
from zeren.models.yaml_text import parse

_PIECES: Final = ("甲", "乙", "、", "，", ",", ";", "；", '"', "'", "=", "+", "-", "@", "/", "—", "\\", "\n", "\t", " ", "　", "１", "a", "_x000D_", "<&>",
                  "#N/A", "{[", ": ", "\u200b", "\x85", "\u2028", "😀", "2024-01-01", "45356", "1.0", "true", "是", "\r\n", "%", "“", "~", "null", "0371")
_TEXTS: Final = ("=1+1", "+86", "-5", "@here", "—", "-", "/", "'", "'=x", "''=", "'—", '"甲"', "甲、乙", "无", "是", "true", "1e5", "00123", "2024年", "至今",
                 "=cmd|' /C calc'!A0", "\u200b甲", "编号", "合计")
_IDS: Final = 3


def organisation(seed: int) -> Organisation:
    """An organisation that loads, the same for the same seed."""
    made = _Maker(Random(seed))
    facts = {relation.name: made.rows(relation) for relation in AUTHORED}
    text = {"name": "试 组织", "on": "2024-12-31", "facts": {name: rows for name, rows in facts.items() if rows}}
    return build(parse(json.dumps(text), "试.json"))


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.ids = {relation.name: [f"{relation.label}{n}{self.text(False)}" for n in range(_IDS)] for relation in AUTHORED if relation.key == ("id",)}
        self.kinds = [random.choice(list(RECORD_KINDS)) for _ in range(_IDS)]
        self.committees = random.choice([0, 1])

    def text(self, lines: bool = True) -> str:
        """A text without white space at its ends."""
        if self.random.random() < 0.3:
            return self.random.choice(_TEXTS)
        text = "".join(self.random.choices(_PIECES, k=self.random.randint(1, 4)))
        text = (text if lines else text.replace("\n", "").replace("\r", "").replace("\x85", "").replace("\u2028", "")).strip()
        return text.strip("\ufeff") or "空"

    def rows(self, relation: Relation) -> list[dict[str, Any]]:
        if relation.key == ("id",):
            found = [self.row(relation, own, at) for at, own in enumerate(self.ids[relation.name]) if relation.name in _NEEDED or self.random.random() < 0.8]
        else:
            found = [self.row(relation, "", at) for at in range(_IDS)]
        return [row for row in found if row]

    def row(self, relation: Relation, own: str, at: int) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for column in relation.columns:
            if column.required or self.random.random() < 0.6:
                row[column.name] = self.cell(relation, column, row, at)
        if own:
            row["id"] = own
        self.mend(relation.name, row, at)
        return {name: value for name, value in row.items() if value is not None}

    def cell(self, relation: Relation, column: Column, row: dict[str, Any], at: int) -> Any:
        if column.type is Type.MOMENT:
            return self.moment()
        if column.type is Type.NUMBER:
            whole = column.name in ("headcount", "deaths", "missing", "endangered", "serious_injuries")
            return str(self.random.choice([0, 7, 10**12, 123])) if whole else str(Decimal(self.random.randint(0, 10**17)).scaleb(-self.random.choice([0, 2, 4]) - 4).quantize(Decimal("0.0001")))
        if column.type is Type.BOOL:
            return self.random.choice([True, False])
        if column.vocabulary is not None:
            return self.random.choice(VOCABULARIES[column.vocabulary])
        if column.name == "parent":
            return self.random.choice(self.ids[relation.name][:at]) if at else None
        if column.refers:
            return self.random.choice([own for name in column.refers if name in _NEEDED for own in self.ids[name]] or [None])
        if column.many:
            return [self.text() + str(n) for n in range(self.random.randint(1, 3))]
        return self.text()

    def moment(self) -> str:
        seconds = self.random.choice([self.random.randrange(-10**10, 10**10), self.random.randrange(0, 20_000) * DAY, 19_000 * DAY - 1])
        clock = moment_of(seconds)
        day = f"{clock.year:04}-{clock:%m-%d}"
        return self.random.choice([day, f"{day} {clock:%H:%M:%S}", f"{day} 00:00"])

    def mend(self, name: str, row: dict[str, Any], at: int) -> None:
        """Keep what was drawn within the checks of the whole."""
        if "since" in row:
            row.pop("until", None)
        if name == "record":
            row["kind"] = self.kinds[at]
            row.pop("until", None)
        elif name == "incident":
            row.pop("known_at", None)
        elif name == "document" and self.random.random() < 0.5:
            row["party"] = [self.ids["unit"][0], self.ids["post"][0]]
        elif name == "detail":
            which = self.random.randrange(_IDS)
            row["record"], row["key"] = self.ids["record"][which], self.random.choice(list(RECORD_KINDS[self.kinds[which]]))
            key = RECORD_KINDS[self.kinds[which]][row["key"]]
            row["value"] = self.random.choice(self.ids["post"]) if key.refers and "post" in key.refers else "无" if key.refers else self.detail(key.type, key.values)
        elif name in ("portfolio", "covers"):
            refers = BY_KIND[name, "kind", "subject"].get(row["kind"], ())
            row["subject"] = self.random.choice(self.ids[refers[0]]) if refers else self.text()
        elif name == "pair":
            row["party"], row["government"] = self.ids["unit"][0], self.ids["unit"][1]
        elif name == "unit" and at == 0:
            row["kind"] = "党委"
        elif name == "appointment":
            row["post"] = self.ids["post"][at]
        elif name == "subordination":
            row["unit"], row["superior"] = self.ids["unit"][2], self.ids["unit"][self.random.randrange(2)]
        elif name == "ledger":
            row["kind"] = self.random.choice(sorted(ledger_kinds()))
        elif name == "stat":
            row["holder"] = self.random.choice(self.ids["unit"] + self.ids["territory"])
        elif name == "waiver":
            row["bearer"] = self.random.choice(self.ids["unit"])
        elif name == "indicator":
            row["year"] = str(2020 + at)
        elif name == "sanction":
            row["person"] = self.text()

    def detail(self, kind: Type, values: tuple[str, ...]) -> str:
        if kind is Type.NUMBER:
            return self.random.choice(["3", "0.50", "无"])
        return self.random.choice(values) if values else self.text()


#: Relations that others refer to, so that none of their rows may be left out.
_NEEDED: Final = ("territory", "unit", "post", "site", "industry", "hazard", "document", "record", "incident", "inquiry")
