"""Writes what commands make into files, without ever writing over what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zeren.models.problems import UsageError


def need_suffix(path: Path, *suffixes: str) -> None:
    """See that a file is called by what it will hold.

    Raises:
        UsageError: it has another suffix.
    """
    if path.suffix.lower() not in suffixes:
        raise UsageError.of("USE-输出", f"输出文件“{path}”的扩展名应为 {'、'.join(suffixes)}", f"如 -o {path.with_suffix(suffixes[0]).name}")


def write_new(path: Path, data: bytes) -> None:
    """Write a new file.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    try:
        with path.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise UsageError.of("USE-输出", f"{path} 已经存在，不覆盖", "换一个文件名") from None
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from None


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that is new or empty: what else lies there would be read with them.

    Raises:
        UsageError: the folder holds something, or cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(not one.name.startswith(".") for one in folder.iterdir())):
            raise UsageError.of("USE-输出", f"{folder} 已经存在，而且不是空文件夹，不往里写", "换一个文件夹名；旧文件与新文件混在一起会一并读入")
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except (OSError, ValueError) as error:
        raise _cannot(folder, error) from None


def write_over(path: Path, data: bytes) -> None:
    """Write a file that may be there already.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.write_bytes(data)
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from None


def _cannot(path: Path, error: OSError | ValueError) -> UsageError:
    words = getattr(error, "strerror", None) or str(error)
    return UsageError.of("USE-输出", f"不能写入 {path}：{words}", "核对文件夹是否存在、是否有写入权限；关闭正打开它的程序")
