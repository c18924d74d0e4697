"""Seals an answer so that nobody reads it by accident: compressed and encoded, with a checksum. It is no secret-keeping."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from textwrap import wrap
from typing import Final

from zeren.engine.drills.model import Answer, loaded
from zeren.models.problems import InputError, Place, Problem

NAME: Final = "答案.sealed"
_HEAD: Final = "zeren-drill 1"
#: Twelve hundred times the answer of twenty faults; a larger one is not of ours.
_MOST: Final = 64 * 1024 * 1024


def seal(answer: Answer) -> str:
    """The answer as a sealed text: a first line with the checksum, then lines of letters and digits."""
    data = json.dumps(asdict(answer), ensure_ascii=False, sort_keys=True).encode()
    body = b64encode(zlib.compress(data, 9)).decode()
    return "\n".join([f"{_HEAD} {sha256(data).hexdigest()}", *wrap(body, 100), ""])


def unseal(text: str, name: str) -> Answer:
    """Open a sealed answer; ``name`` is the file that messages name.

    Raises:
        InputError: the text is no sealed answer, of another version, or was changed.
    """
    head, _, body = text.partition("\n")
    if not head.startswith(_HEAD + " "):
        raise _failure(name, "这不是演练的答案文件" if not head.startswith("zeren-drill") else "答案文件是另一个版本写的", "用出题时写出的文件，或重新出题")
    try:
        packed = zlib.decompressobj()
        data = packed.decompress(b64decode("".join(body.split()), validate=True), _MOST)
        answer = loaded(json.loads(data))
    except (ValueError, KeyError, TypeError, zlib.error):
        raise _failure(name, "答案文件已经损坏", "重新出题：同样的组织、数目和种子，题目和答案都相同") from None
    if sha256(data).hexdigest() != head.split()[-1]:
        raise _failure(name, "答案文件被改动过，校验和不符", "重新出题：同样的组织、数目和种子，题目和答案都相同")
    return answer


def open_sealed(folder: Path) -> Answer:
    """Open the answer in the folder of a drill.

    Raises:
        InputError: there is none, or it cannot be opened.
    """
    path = folder if folder.name == NAME else folder / NAME
    try:
        return unseal(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError):
        raise _failure(str(path), "读不到答案文件", f"写出题时的文件夹，其中应有 {NAME}；出题：zeren drill make ORG -o 文件夹") from None


def _failure(name: str, message: str, hint: str) -> InputError:
    return InputError([Problem(Place(name), "DRL-答案", message, hint)])
