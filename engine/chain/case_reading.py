"""Reads a file of a published case, and parts what may be known beforehand from what was published as the outcome.

``View`` is all that the organisation is built from; it has no place for a breach, a measure, a category, a
responsibility or a list of those who were not held. ``Truth`` is all that the answer is scored by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from zeren.models.problems import InputError, Place, Problem, Problems, UsageError

_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
#: The levels of ``post_level``, from low to high; enterprises stand outside.
POST_LEVELS: Final[Mapping[str, str]] = {
    "V": "村级", "T": "乡级", "C": "县级", "M": "市级", "P": "省级", "N": "国家级",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit of the case as the page describes it."""

    id: str
    name: str
    kind: str
    level: str
    parent: str
    relation: str
    problems: str


@dataclass(frozen=True, slots=True)
class PostView:
    """A post of the case: where it is and what it is called, nothing else."""

    id: str
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class View:
    """What the organisation is built from."""

    slug: str
    date: str
    places: tuple[str, ...]
    industry: str
    event: str
    grade: str
    deaths: Decimal | None
    serious_injuries: Decimal | None
    direct_loss: Decimal | None
    investigated_by: str
    stage: str
    units: tuple[UnitView, ...]
    posts: tuple[PostView, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A post that was held: ``k`` persons, the printed label (empty where none is printed) and the level."""

    id: str
    unit: str
    title: str
    k: int
    label: str
    category: str
    level: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A post of which the page says, or shows by silence, that it was not held."""

    title: str
    unit: str
    explicit: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """What was published; never an input of the organisation.

    ``complete`` is whether the list is full or nearly so, ``reconciles`` whether it also agrees with the printed totals.
    """

    posts: tuple[Published, ...]
    absent: tuple[Absent, ...]
    units: tuple[str, ...]
    complete: bool
    reconciles: bool
    final: bool


def read_case(path: Path) -> tuple[View, Truth, str]:
    """Read one case file; the third is its title.

    Raises:
        InputError: the file is not a case; all problems at once.
    """
    raw = _json(path)
    problems = Problems()
    for key, kind in (("date", str), ("place_level_path", list), ("units", list), ("posts", list)):
        if not isinstance(raw.get(key), kind):
            problems.add(Place(str(path)), "CASE-001", f"缺少 {key}，或不是{'列表' if kind is list else '文字'}",
                         "案例文件的写法见 docs/cases.md")
    problems.raise_if_any(InputError)
    units = tuple(_unit(entry) for entry in raw["units"] if isinstance(entry, dict))
    posts = [entry for entry in raw["posts"] if isinstance(entry, dict)]
    known = {unit.id for unit in units}
    for entry in posts:
        if _text(entry, "unit") not in known:
            problems.add(Place(str(path)), "CASE-002", f"岗位“{_text(entry, 'title')}”的 unit“{_text(entry, 'unit')}”没有定义",
                         "写 units 中已有的 id")
    if _DATE.search(raw["date"]) is None:
        problems.add(Place(str(path)), "CASE-003", f"date“{raw['date']}”里没有日期", "写法如 2024-06-03")
    problems.raise_if_any(InputError)
    return _view(path, raw, units, posts), _truth(raw, posts), str(raw.get("case") or raw.get("slug") or path.stem)


def case_files(folder: Path) -> list[Path]:
    """The case files at or below ``folder``, by name.

    Raises:
        UsageError: there is none.
    """
    found = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*.json") if path.is_file())
    if not found:
        raise UsageError.of("USE-案例", f"“{folder}”里没有案例文件", "案例是 *.json 文件，写法见 docs/cases.md")
    return found


def _json(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError([Problem(Place(str(path)), "CASE-001", f"无法读取：{error.strerror}", "检查路径和权限")]) from None
    except UnicodeDecodeError:
        raise InputError([Problem(Place(str(path)), "CASE-001", "不是 UTF-8 文字", "另存为 UTF-8")]) from None
    except (ValueError, RecursionError) as error:
        place = Place(str(path), getattr(error, "lineno", 0), getattr(error, "colno", 0))
        raise InputError([Problem(place, "CASE-001", "不是合法的 JSON", "用 JSON 检查工具核对括号、逗号和引号")]) from None
    if not isinstance(raw, dict):
        raise InputError([Problem(Place(str(path)), "CASE-001", "顶层不是对象", "一个文件一起案例，见 docs/cases.md")])
    return raw


def _view(path: Path, raw: Mapping[str, Any], units: tuple[UnitView, ...], posts: list[dict[str, Any]]) -> View:
    match = _DATE.search(raw["date"])
    assert match is not None
    return View(
        slug=_text(raw, "slug") or path.stem,
        date=f"{match[1]}-{int(match[2]):02}-{int(match[3] or 1):02}",
        places=tuple(str(place) for place in raw["place_level_path"] if place),
        industry=_text(raw, "industry"), event=_text(raw, "event_type"), grade=_text(raw, "grade"),
        deaths=_number(raw, "deaths"), serious_injuries=_number(raw, "serious_injuries"),
        direct_loss=_number(raw, "direct_loss_wan"),
        investigated_by=_text(raw, "investigated_by_level"), stage=_text(raw, "stage"), units=units,
        posts=tuple(PostView(_text(entry, "id") or f"post{at}", _text(entry, "unit"), _text(entry, "title"))
                    for at, entry in enumerate(posts, start=1)),
    )  # fmt: skip


def _truth(raw: Mapping[str, Any], posts: list[dict[str, Any]]) -> Truth:
    published = tuple(
        Published(
            _text(entry, "id") or f"post{at}", _text(entry, "unit"), _text(entry, "title"), max(1, int(_number(entry, "count") or 1)),
            _text(entry, "responsibility") if entry.get("responsibility_printed") is True else "",
            _text(entry, "category"), POST_LEVELS.get(_text(entry, "post_level"), ""),
        )
        for at, entry in enumerate(posts, start=1)
    )  # fmt: skip
    complete = _text(raw, "completeness").lower().startswith(("full", "near"))
    totals = raw.get("official_totals")
    numbers = [value for value in totals.values() if isinstance(value, int)] if isinstance(totals, dict) else []
    stage = _text(raw, "stage").lower()
    return Truth(
        posts=published,
        absent=tuple(Absent(_text(entry, "post"), _text(entry, "unit"), _text(entry, "kind") == "explicit")
                     for entry in raw.get("not_held") or () if isinstance(entry, dict)),
        units=tuple(dict.fromkeys(str(unit) for entry in raw.get("unit_measures") or () if isinstance(entry, dict)
                                  for unit in entry.get("units") or ())),
        complete=complete,
        reconciles=complete and (not numbers or sum(one.k for one in published) >= max(numbers)),
        final=stage.startswith("final"),
    )  # fmt: skip


def _unit(entry: Mapping[str, Any]) -> UnitView:
    return UnitView(*(_text(entry, key) for key in ("id", "name", "kind", "level", "parent", "relation", "problems")))


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return "" if value is None else str(value).strip()


def _number(entry: Mapping[str, Any], key: str) -> Decimal | None:
    value = entry.get(key)
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
