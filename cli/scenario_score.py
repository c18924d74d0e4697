"""``zeren scenario score``: trace published cases and compare with what was published."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zeren.engine.chain.model import Chain
    from zeren.models.organisation import Organisation

NOTICE = "辅助研判，不构成责任认定"


def run_score(args: argparse.Namespace) -> int:
    """Score every case at or below the folders; return 0, or 2 where a file is no case."""
    from zeren.engine.chain.case_reading import case_files
    from zeren.engine.chain.cases import import_case
    from zeren.engine.chain.scoring import Score, data, score
    from zeren.engine.chain.trace import trace
    from zeren.engine.pack import Pack
    from zeren.engine.scenarios import builtin
    from zeren.models.problems import Problem, ZerenError

    pack = Pack()

    def chain_of(org: Organisation, incident: str) -> Chain:
        assert org.on is not None  # the importer states it
        return trace(org, incident, org.on, pack)

    scores: list[Score] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(path for folder in args.dirs or [builtin() / "cases"] for path in case_files(folder)):
        print(f"核对 {path.stem}", file=sys.stderr)
        try:
            scores.append(score(chain_of, import_case(path, pack), pack))
        except ZerenError as error:
            problems.extend(error.problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    found = data(scores)
    print(json.dumps(found, ensure_ascii=False, indent=2) if args.format == "json" else "\n".join(f"{line}。{NOTICE}" for line in lines(found)))
    return 2 if problems else 0


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The scores as lines for a terminal."""
    for case in found["cases"]:
        kind = "完整名单" if case["complete"] else "部分名单"
        reach = case["reach"]
        yield (f"{case['case']}（{case['grade'] or '不定级'}，{kind}）：答出 {case['hits']}/{case['posts']}，准确 {_share(case['precision'])}，"
               f"追到{reach['given']}（公布{reach['published']}）{'相符' if reach['right'] else '不符'}，责任种类 {_share(case['labels'])}")
        yield from (f"    未答出 {miss['unit']} {miss['post']}：{miss['why']}" for miss in case["misses"])
        yield from (f"    多答 {wrong['post']}：{wrong['why']}" for wrong in case["wrong"])
        yield from (f"    不能推出 {aside['post']}：{aside['why']}" for aside in case["underivable"])
        yield from (f"    党委正职重于政府正职：{post}" for post in case["party_le_government"]["above"])
        yield from (f"    说明：{note}" for note in case["notes"])
    total = found["total"]
    party, units = total["party_le_government"], total["units"]
    yield (f"共 {total['cases']} 起：召回 {_share(total['recall'])}（{total['hits']}/{total['posts']}），"
           f"准确 {_share(total['precision'])}（{total['precision_cases']} 份完整名单，多答 {total['wrong']}），层级相符 {_share(total['reach'])}，"
           f"责任种类相符 {_share(total['labels'])}（印有 {total['labels_printed']}）")
    yield (f"干扰岗位 {total['distractors']['made']} 个，答出 {total['distractors']['answered']} 个；党委重于政府 {party['above']}/{party['pairs']}；"
           f"只处理单位的 {units['met']}/{units['asked']}；不能推出 {total['underivable_posts']} 个（{_share(total['underivable'])}）")


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
