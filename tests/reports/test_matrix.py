"""The coverage matrix says of each level that exists what it counts, what it hands up and what does not apply."""

import zeren
from zeren.reports.terminal import render

ORG = """
on: 2024-06-30
profile: 五个全覆盖
territories: [{id: 市, level: 市级, children: [{id: 开发区, level: 功能区}, {id: 村, level: 村级}]}]
units:
  - {id: 市政府, kind: 政府, level: 市级, territory: 市, posts: [{id: 市长, role: 主要负责人, holder: P1}]}
  - {id: 管委会, kind: 园区, level: 功能区, territory: 开发区}
"""


def test_a_delegated_item_and_one_that_does_not_apply_are_told_apart() -> None:
    lines = render(zeren.check(zeren.parse(ORG), only=["AWH-001"])).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("覆盖情况"))
    assert [line.split() for line in lines[at + 2 : at + 4]] == [["市级", "功能区", "村级"], ["安委会主任", "0/1", "*", "-"]]
