"""Writes a drill as a folder: the organisation, the task for the trainee, a sheet to fill in, and the sealed answer."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from zeren.engine.drills.inject import Drill
from zeren.engine.drills.model import Answer
from zeren.engine.drills.seal import NAME, seal
from zeren.models.problems import UsageError
from zeren.models.writer import write

TASK: Final = "题目.md"
SHEET: Final = "答卷.csv"
FOLDER: Final = "组织"
BOOK: Final = "组织.xlsx"
NOTICE: Final = "辅助研判，不构成责任认定"
_TASK: Final = """# 演练：{organisation}

这里有一套安全生产责任体系的材料：机构和岗位、文件、履职记录、隐患、事故。材料里有 **{count} 处毛病**，请把它们找出来。

- 审计日：{on}。材料以这一天为准，没有到期的不算。
- {where}
- 台账（ledgers）写了齐全的，没有记载就是没有做；没有写齐全的，只能说证据不足。
- 一处毛病可能带出别的问题。写出毛病本身即可，带出来的写了也不扣分。{before}

## 怎样作答

打开“{sheet}”，一行写一处：

| 责任主体 | 问题 | 说明 |
|---|---|---|
| 某县政府 | ZRS-001 | 没有与某镇签责任书 |
| 某镇镇长 | 没有列为第一责任人 | |

- “责任主体”写欠这件事的单位或岗位，写编号或名称都可以。
- “问题”写规则编号（`zeren rules list` 列出全部），或者用自己的话写。
- “说明”可以不写。

主体和问题都对，得满分；主体对、问题不对，或问题对、只写到了单位，得一半。写好以后交给出题的人：`zeren drill grade 文件夹 答卷.csv`。

{notice}。
"""


def task(drill: Drill, where: str) -> str:
    """What the trainee reads; it says nothing of the faults but their number."""
    answer = drill.answer
    before = "\n- 材料里本来还有别的不符合和证据不足，不在这几处里，写了不扣分，也不得分。" if answer.before else ""
    return _TASK.format(organisation=answer.organisation or "安全生产责任体系", count=len(answer.planted), on=answer.on, where=where,
                        before=before, sheet=SHEET, notice=NOTICE)


def _material(drill: Drill, form: str) -> tuple[str, dict[str, bytes]]:
    """The organisation as files, and where the trainee finds it in words."""
    if form == "xlsx":
        from zeren.models.workbook.template import workbook

        return f"材料在工作簿“{BOOK}”里，一种材料一张表，用 Excel、WPS 打开，可以筛选和搜索。", {BOOK: workbook(drill.organisation)}
    texts = write(drill.organisation)
    told = f"材料在“{FOLDER}”文件夹里，共 {len(texts)} 个文件：{'、'.join(texts)}。用记事本就能打开，也可以用搜索。"
    return told, {f"{FOLDER}/{name}": text.encode() for name, text in texts.items()}


def write_folder(drill: Drill, folder: Path, form: str = "yaml") -> list[Path]:
    """Write the drill into a folder, which must be new or empty; the files in the order in which people use them.

    ``form`` of the organisation: ``yaml``, a folder of texts, or ``xlsx``, one workbook.

    Raises:
        UsageError: the folder holds something already, or cannot be written.
    """
    where, material = _material(drill, form)
    content = {TASK: task(drill, where).encode(), SHEET: "\ufeff责任主体,问题,说明\n".encode(), **material, NAME: seal(drill.answer).encode()}
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError.of("USE-输出", f"{folder} 里已经有东西，不覆盖", "换一个新的文件夹")
        for name, data in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {folder}：{error.strerror}", "核对文件夹是否有写入权限") from None
    return [folder / name for name in content]


def model_sheet(answer: Answer) -> str:
    """The answer as a filled-in sheet: one line per fault."""
    lines = [(one.hits[0].bearer, one.hits[0].rule, one.says) for one in answer.planted]
    return "\ufeff责任主体,问题,说明\n" + "".join(",".join(map(_cell, line)) + "\n" for line in lines)


def _cell(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(sign in text for sign in ',"\n\r') else text
