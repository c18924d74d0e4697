"""The three-rule workload: an enterprise group of N posts, three duties per post, records for most of them.

Deterministic: the same N gives the same organisation. Posts form a tree of fan-out 5. A post with posts below it heads a
unit; the others work in the unit of their superior. One line in 500 is broken: its unit has no superior.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

FAN_OUT = 5
BROKEN = 0.002
FILLED = 0.8
HEADS_WITHOUT_SAFETY = 0.1
ON = datetime(2024, 12, 31, 23, 59, 59)
WINDOW = timedelta(days=365)
SAFETY = "安全生产"
SUBJECTS = (
    SAFETY, "隐患排查治理", "教育培训", "应急演练", "特种设备", "消防", "危险作业审批", "承包商管理", "职业健康", "安全投入",
    "重大危险源", "班前会",
)
LEVELS = ("集团", "公司", "分公司", "厂", "车间", "工段", "班组", "岗组", "小组", "单元")
RULES = Path(__file__).parent / "rules"


def seconds(moment: datetime) -> int:
    """A moment as the engine counts it."""
    return int(moment.replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Post:
    """A post: where it works, whether it leads, and to which post it reports (nothing at the top and at broken lines)."""

    id: str
    unit: str
    leads: bool
    superior: str | None
    reports_to: str | None


@dataclass(frozen=True, slots=True)
class Workload:
    """Posts, duties (post, subject) and records (id, post, subject, moment)."""

    posts: list[Post]
    duties: list[tuple[str, str]]
    records: list[tuple[str, str, str, datetime]]
    top: str = field(default="集团")

    @property
    def size(self) -> str:
        """How large it is, in words for a table."""
        return f"{len(self.posts):,} posts, {len(self.duties):,} duties, {len(self.records):,} records"


def generate(number: int, seed: int = 7) -> Workload:
    """Make the workload with ``number`` posts."""
    chance = random.Random(seed)
    leads = [FAN_OUT * at + 1 < number for at in range(number)]
    units, depths = ["集团"], [0]
    posts: list[Post] = []
    duties: list[tuple[str, str]] = []
    records: list[tuple[str, str, str, datetime]] = []
    heads: dict[str, str] = {}
    for at in range(number):
        up = (at - 1) // FAN_OUT
        if at:
            depths.append(depths[up] + 1)
        broken = at > 0 and chance.random() < BROKEN
        if at == 0:
            unit = units[0]
        elif leads[at] or broken:
            unit = f"第{at}{LEVELS[min(depths[at], len(LEVELS) - 1)]}"
        else:
            unit = units[up]
        if at:
            units.append(unit)
        id = f"{unit}-负责人" if leads[at] else f"{unit}-岗位{at}"
        heads[unit] = heads.get(unit, id)
        superior = None if at == 0 or broken else units[up]
        posts.append(Post(id, unit, leads[at], superior, None if superior is None else heads[superior]))
        chosen = chance.sample(SUBJECTS[1:], 3)
        if leads[at] and chance.random() >= HEADS_WITHOUT_SAFETY:
            chosen[0] = SAFETY
        for subject in chosen:
            duties.append((id, subject))
            if chance.random() < FILLED:
                age = timedelta(days=chance.randint(0, 500), minutes=chance.randint(0, 600))
                records.append((f"LZ-{len(records) + 1:07}", id, subject, ON - age))
    return Workload(posts, duties, records)


def write(work: Workload, folder: Path) -> Path:
    """Write the workload as a folder of CSV files, one per relation of the catalogue."""
    folder.mkdir(parents=True, exist_ok=True)
    units = {post.unit: post for post in reversed(work.posts)}
    lines = {(post.unit, post.superior) for post in work.posts if post.superior not in (None, post.unit)}
    tables = {
        "unit": (("id", "kind", "level"), [(unit, "企业", "省级" if unit == work.top else None) for unit in units]),
        "subordination": (("unit", "superior", "kind"), [(unit, superior, "内设") for unit, superior in sorted(lines)]),
        "post": (("id", "unit", "role"), [(p.id, p.unit, "主要负责人" if p.leads else "作业人员") for p in work.posts]),
        "portfolio": (("post", "kind", "subject"), [(post, "事项", subject) for post, subject in work.duties]),
        "record": (("id", "kind", "at", "actor", "object"),
                   [(id, "检查", at.strftime("%Y-%m-%d %H:%M:%S"), post, subject) for id, post, subject, at in work.records]),
        "ledger": (("holder", "kind"), [(unit, "检查") for unit in units]),
    }
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    return folder
