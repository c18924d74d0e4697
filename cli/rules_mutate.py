"""``zeren rules mutate``: do the examples of the rules notice a slip?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from zeren.cli.progress import Progress
from zeren.engine.mutation import Tried, mutate, share
from zeren.engine.pack import Pack
from zeren.models.problems import Problems, RuleError


def run(pack: Pack, ids: Sequence[str], form: str, least: float) -> int:
    """Try the mutants of the rules ``ids``, tell of those that no example notices; 1 where fewer than ``least`` percent are noticed.

    Raises:
        RuleError: a rule or one of its examples cannot be used; all problems of reading the rules at once.
    """
    problems = Problems()
    plans = [pack.plan(id, problems, whole=True) for id in ids]
    problems.raise_if_any(RuleError)
    progress = Progress(len(plans), sys.stderr)
    tried: list[Tried] = []
    for plan in plans:
        assert plan is not None
        progress(plan)
        try:
            tried.append(mutate(plan, pack))
        except RuleError as error:
            problems.items += error.problems
    progress.close()
    problems.raise_if_any(RuleError)
    sys.stdout.write(_as_json(tried, least) if form == "json" else _as_text(tried, least))
    return 0 if share(tried) >= least else 1


def _as_text(tried: Sequence[Tried], least: float) -> str:
    lines = []
    for one in tried:
        if one.survivors:
            lines.append(f"{one.rule}  {one.count} 处改动，例子发现 {one.killed} 处（{share([one]):.1f}%），没有发现的：")
            lines += [f"    {survivor.place}: {survivor.change}" for survivor in one.survivors]
    count, killed, equal = sum(one.count for one in tried), sum(one.killed for one in tried), sum(one.equal for one in tried)
    found = share(tried)
    lines.append(f"{len(tried)} 条规则，{count} 处改动，例子发现 {killed} 处（{found:.1f}%）；另有 {equal} 处改动可证与原规则相同，不计")
    if found < least:
        lines.append(f"不到 {least:g}%：给没有发现的改动各添一个例子，使规则照原样与改动后结论不同（variants 的写法见 CONTRIBUTING.md）")
    return "\n".join(lines) + "\n"


def _as_json(tried: Sequence[Tried], least: float) -> str:
    survivors = [{"rule": one.rule, "file": one.place.file, "line": one.place.line, "column": one.place.column, "change": one.change}
                 for each in tried for one in each.survivors]
    rules = [{"id": one.rule, "mutants": one.count, "killed": one.killed, "equivalent": one.equal} for one in tried]
    found = {"share": round(share(tried), 2), "least": least, "rules": rules, "survivors": survivors}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
