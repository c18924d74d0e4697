"""``zeren rules new``: a draft that loads and whose examples run; what its author must write is marked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from zeren.engine.pack import Pack
from zeren.models.problems import UsageError

_ID: Final = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{3}[a-z]?")
_DRAFT: Final = """\
id: {id}
title: {title}
mechanism: {mechanism}
modality: 义务
status: experimental
severity: 一般
basis:
  - {{custom: 〔待填：依据；成文的写 fact 或 seed 加编号，见 rules/basis〕}}
for:                      # 匹配成立，就有人负这项责任
  - unit: {{id: $unit, kind: 政府}}
bearer: $unit
need:                     # 匹配成立，就是做到了；匹配到的事实是佐证
  - post: {{unit: $unit, role: 主要负责人}}
message: "〔待填：{{unit}}没有做到什么〕"
fix: "〔待填：{{unit}}怎样补救〕"
doc: 〔待填：一小段话，培训时可以照念：查什么、怎么查〕
examples:
  pass:
    - on: 2024-06-30
      units: [{{id: 市政府, kind: 政府, posts: [{{id: 市长, role: 主要负责人}}]}}]
  fail:
    - on: 2024-06-30
      units: [{{id: 市政府, kind: 政府}}]
"""


def create(pack: Pack, id: str, mechanism: str, title: str, folder: Path) -> Path:
    """Write the draft of a rule to ``folder/mechanism/id.yaml`` and return its path.

    Raises:
        UsageError: the id is malformed or taken, the mechanism is no folder name, or the file exists or cannot be written.
    """
    if not _ID.fullmatch(id):
        raise UsageError.of("USE-编号", f"规则编号“{id}”不合格式", "机制字母-三位数字，如 AWH-001")
    if id in pack.rule_files:
        raise UsageError.of("USE-编号", f"规则编号 {id} 已在 {pack.rule_files[id]} 使用", f"可用 {_free(pack, id)}")
    if not re.fullmatch(r"\w+", mechanism):
        raise UsageError.of("USE-机制", f"机制名称“{mechanism}”不能作文件夹名", "用汉字、字母或数字，如 安委会")
    if not title.strip() or any(mark in title for mark in "\n:#{}[]\"'"):
        raise UsageError.of("USE-题目", f"题目“{title}”为空，或含有 YAML 的标点", "写一句话，标点用全角")
    path = folder / mechanism / f"{id}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_DRAFT.format(id=id, title=title.strip(), mechanism=mechanism))
    except FileExistsError:
        raise UsageError.of("USE-输出", f"{path} 已经存在，不覆盖", "换一个编号，或先移走原文件") from None
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {path}：{error.strerror}", "核对 --to 的文件夹和权限") from None
    return path


def _free(pack: Pack, id: str) -> str:
    """The next free number of the same mechanism."""
    prefix = id.partition("-")[0]
    numbers = [int(known.partition("-")[2][:3]) for known in pack.rule_files if known.startswith(f"{prefix}-")]
    return f"{prefix}-{max(numbers, default=0) + 1:03}"
