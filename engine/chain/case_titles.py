"""Reads a title of a published post: rank, role, tenure, portfolio, section and number, as far as the title says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from zeren.engine.chain.case_words import Words, bare

#: The portfolio of "the leader in charge" without a word of what: of the matter in question.
CONCERNED: Final = "*"
#: The ranks inside a unit that a slot of the score tells apart.
PARTY_HEAD, HEAD, DEPUTY, SECTION, STAFF, OFFICE = "党委正职", "正职", "副职", "内设", "经办", "站所"
_ORDER: Final = ("政府正职", HEAD, "村书记", "村主任", "政治主官", DEPUTY, SECTION, OFFICE, "部门", "村干部", STAFF)
_DIGITS: Final = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_COUNT: Final = re.compile(r"(\d+|[两二三四五六七八九十])(?:名|人|任|位)")
_CHARGE: Final = re.compile(r"(?:分管|协管|(?<![^(（、,，])主管)(?!员|人员)([^)）、,，;；的]*)")
_OPEN: Final = re.compile(r"未载|不详|未列")
#: A zone, street or town whose head is named.
_OTHER: Final = re.compile(r"(.*?(园区|开发区|高新区|保税区|示范区|管理区|街道|镇|乡))(?:党工委|工委|党委|管委会|办事处)?(?:党工委)?(?:书记|主任)$")
_PARTS: Final = re.compile(r"[、,，;；/]|兼任|兼|并任")


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says. ``portfolio`` is the wording, ``*`` for the matter in question, empty where not stated;
    ``personal`` whether a village (村居) or a firm (企业) is in this person's own care, as in 包村, 驻矿."""

    text: str
    rank: str
    role: str
    mode: str
    former: bool
    count: int
    portfolio: tuple[str, ...]
    section: str
    personal: str
    known: bool


def read_title(text: str, side: str, unit: str, words: Words) -> Title:
    """Read ``text``, the title of a post in a unit of ``side`` that is called ``unit``."""
    plain, note = bare(text)
    plain = plain or note
    tenure = [sense for _, sense, _ in words.spans("任期", plain)] + (["前任"] if "前任" in note else [])
    mode = next((value for _, sense, value in words.spans("任期", plain) if sense in ("代理", "主持")), "任职")
    for word, _, _ in words.rows("任期"):
        plain = plain.replace(word, "")
    charges = tuple(dict.fromkeys(_charge(found) for found in _CHARGE.findall(text) if not _OPEN.search(found)))
    plain = re.sub(r"(?:分管|主管|协管)[^、,，;；的]*的", "", plain)
    plain = _COUNT.sub("", plain).removesuffix("等")
    best: tuple[int, str, str, str] | None = None
    parts = [part for part in _PARTS.split(plain) if part]
    own = [part for part in parts if not (side == "属地" and _elsewhere(part, unit))]
    for part in own or parts:
        read = _part(part.strip(), side, unit, words)
        if read is not None:
            score = _ORDER.index("政府正职" if read[0] == PARTY_HEAD else read[0])
            best = min(best, (score, *read), key=lambda one: one[0]) if best else (score, *read)
    personal = next((sense for _, sense, _ in words.spans("个人联系", text)), "")
    if best is None:
        best = (99, *_DEFAULTS.get(side, (STAFF, "经办人员", "")))
    rank, role, section = best[1:]
    if personal and rank in (OFFICE, STAFF):
        role = "包片干部" if side in ("属地", "村居") else "驻点人员"
        section = "" if side == "属地" else section
    elif side == "企业" and rank == DEPUTY and "安全" in plain:
        role = "安全总监" if role == "班子成员" else role
        charges = charges or ("安全",)
    number = _COUNT.search(text)
    return Title(text, rank, role, mode, "前任" in tenure, _count(number[1]) if number else 1, charges, section, personal, best[0] < 99)


#: How a title without a known word is taken.
_DEFAULTS: Final = {
    "属地": (DEPUTY, "党政副职", ""), "部门": (STAFF, "经办人员", ""), "企业": ("部门", "安全管理人员", ""),
    "中介": ("部门", "经办人员", ""), "村居": ("村干部", "村委委员", ""),
}  # fmt: skip


def _part(part: str, side: str, unit: str, words: Words) -> tuple[str, str, str] | None:
    """The rank, role and section that one part of a title says."""
    side = "企业" if side == "中介" else side
    rows = words.rows("职务", side)
    row = next((row for row in rows if part.endswith(row[0])), None) or next((row for row in rows if row[0] in part), None)
    if row is None:
        return None
    word, rank, role = row
    before = part[:part.rindex(word)]
    second = before.endswith(("副", "常务副", "第一副"))
    before = re.sub(r"(常务|第一)?副$", "", before)
    if side == "部门":
        return _in_department(before, word, rank, role, second, unit, words)
    office = _office(before, words) if side == "属地" else ""
    if side == "属地" and (rank == OFFICE or (office and word == "主任")):
        if not office and role != "经办人员":
            office = before + next((noun for noun, _, _ in words.rows("站所名") if word.startswith(noun)), "")
        return OFFICE, "内设机构负责人" if second else "经办人员" if role == "经办人员" else "主要负责人", office
    if second:
        return (rank, role, "") if rank == "部门" else (*_SECOND.get(side, (DEPUTY, "班子成员")), "")
    return rank, role, ""


_SECOND: Final = {"属地": (DEPUTY, "党政副职"), "企业": (DEPUTY, "班子成员"), "村居": ("村干部", "村委委员")}


def _elsewhere(part: str, unit: str) -> bool:
    """Whether a part of a title is an office in another place: the county's standing member who heads a zone."""
    found = _OTHER.match(part)
    return found is not None and found[1] not in unit and found[2] not in unit


def _in_department(before: str, word: str, rank: str, role: str, second: bool, unit: str, words: Words) -> tuple[str, str, str]:
    office = _office(before, words)
    own = bare(unit)[0]
    noun = next((noun for noun, _, _ in words.rows("站所名") if word == noun + "长"), "")
    inner = bool(office) and not _abbreviates(office, own)
    if not inner and word in ("科长", "股长", "处长", "组长", "队长", "中队长", "大队长") and noun and noun not in own[-3:]:
        inner, office = True, office or noun
    if inner:
        return (STAFF, role, office) if rank == STAFF else (SECTION, "内设机构负责人", office)
    if rank == HEAD and second:
        return DEPUTY, "班子成员", ""
    return rank, role, ""


def _office(before: str, words: Words) -> str:
    """The office or section that the part of a title before the rank names; empty if it names none."""
    return before if any(before.endswith(noun) and before != noun for noun, _, _ in words.rows("站所名")) else ""


def _abbreviates(short: str, name: str) -> bool:
    """Whether the letters of ``short`` stand in ``name`` in this order, as in an abbreviation, the place apart."""
    rest = iter(name)
    return all(letter in rest for letter in re.sub(r"^[省市州县区镇乡村]", "", short))


def _charge(found: str) -> str:
    found = re.sub(r"(工作|等)+$", "", re.sub(r"(常务)?副.*$", "", found.strip()))
    return CONCERNED if found in ("", "领导", "负责人", "负责同志") else found


def _count(digits: str) -> int:
    return int(digits) if digits.isdigit() else _DIGITS[digits]
