"""A small made-up case, for tests that change one thing in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zeren.engine.chain.cases import Case, import_case
from zeren.engine.pack import Pack

PACK = Pack()

SMALL: dict[str, Any] = {
    "case": "某厂火灾", "date": "2022-05-06", "place_level_path": ["云川省", "临江市", "东湖县", "石桥镇", "柳湾村"],
    "industry": "工贸(粉尘)", "event_type": "生产安全事故", "grade": "较大", "deaths": 3, "investigated_by_level": "市级",
    "stage": "final", "completeness": "FULL", "official_totals": {},
    "units": [
        {"id": "f", "name": "某厂", "kind": "enterprise", "level": "village", "relation": "operates", "problems": "未清扫粉尘"},
        {"id": "t", "name": "石桥镇党委、政府", "kind": "government", "level": "township", "parent": "c", "relation": "territorial"},
        {"id": "c", "name": "东湖县委、县政府", "kind": "government", "level": "county", "relation": "territorial"},
        {"id": "b", "name": "县安监局", "kind": "department", "level": "county", "parent": "c", "relation": "comprehensive supervision"},
    ],
    "posts": [
        {"id": "p1", "unit": "f", "title": "厂长"}, {"id": "p2", "unit": "t", "title": "分管安全生产的副镇长"},
        {"id": "p3", "unit": "t", "title": "镇党委书记"}, {"id": "p4", "unit": "b", "title": "副局长"},
    ],
}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "某案.json"
    path.write_text(json.dumps({**SMALL, **changes}, ensure_ascii=False), "utf-8")
    return path


def imported(folder: Path, **changes: Any) -> Case:
    return import_case(written(folder, **changes), PACK)
