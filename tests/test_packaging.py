"""What is built is what stands in the tree: one installed name, every module, every rule, and a command that runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
PACKAGES: list[str] = SETUPTOOLS["packages"]
FOLDERS: dict[str, str] = SETUPTOOLS["package-dir"]
LITTER = ("__pycache__", "*.pyc", ".*")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        command, cwd=cwd, env=kept | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8",
        stdin=subprocess.DEVNULL, timeout=300, check=False)


def uv(*arguments: str | Path, cwd: Path) -> None:
    program = os.environ.get("UV") or shutil.which("uv")
    assert program, "uv is needed to build: pip install uv"
    done = run(program, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, so that neither leftovers in the checkout nor parallel work show in the result."""
    copy = tmp_path_factory.mktemp("source")
    for folder in FOLDERS.values():
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns(*LITTER))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel that is built from it."""
    out = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--python", sys.executable, "--out-dir", out, cwd=source)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    [found] = built.glob("*.whl")
    return found


def shipped(source: Path) -> dict[str, str]:
    """Every file of the package folders: its path in the tree, and its path once installed."""
    return {
        path.relative_to(source).as_posix(): f"{package.replace('.', '/')}/{path.relative_to(source / folder).as_posix()}"
        for package, folder in FOLDERS.items()
        for path in sorted((source / folder).rglob("*"))
        if path.is_file()
    }


def test_every_folder_with_code_is_a_listed_package(source: Path) -> None:
    found = {
        ".".join([package, *path.parent.relative_to(source / folder).parts])
        for package, folder in FOLDERS.items()
        for path in (source / folder).rglob("*.py")
    }
    assert found == set(PACKAGES), "add the folder to [tool.setuptools] packages in pyproject.toml"


def test_every_package_has_an_init(source: Path) -> None:
    inits = {installed for installed in shipped(source).values() if installed.endswith("/__init__.py")}
    assert {f"{package.replace('.', '/')}/__init__.py" for package in PACKAGES} == inits


def test_the_wheel_holds_the_tree_under_one_name_and_nothing_else(source: Path, wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    metadata = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - metadata == set(shipped(source).values()), "see [tool.setuptools.package-data] in pyproject.toml"
    assert any(name.endswith("/licenses/LICENSE") for name in metadata)


def test_the_sdist_holds_every_file(source: Path, built: Path) -> None:
    [archive] = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {member.name.split("/", 1)[-1] for member in tar.getmembers() if member.isfile()}
    assert set(shipped(source)) | {"pyproject.toml", "README.md", "LICENSE"} <= names


def test_rules_with_chinese_names_keep_their_bytes(source: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        chinese = {tree: name for tree, name in shipped(source).items() if not name.isascii()}
        assert chinese
        for tree, name in chinese.items():
            assert archive.read(name) == (source / tree).read_bytes()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a fresh environment with nothing but the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("elsewhere")
    scripts = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    uv("venv", "--quiet", "--python", sys.executable, home / "venv", cwd=home)
    uv("pip", "install", "--quiet", "--only-binary", ":all:", "--python", scripts / "python", wheel, cwd=home)
    return scripts


def test_the_installed_package_is_its_own(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "python", "-c", "import zeren; print(zeren.__file__)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(installed.parent)


@pytest.mark.parametrize("name", ["engine", "models", "rules", "scenarios", "cli", "facade"])
def test_nothing_else_is_importable(installed: Path, tmp_path: Path, name: str) -> None:
    done = run(installed / "python", "-c", f"import {name}", cwd=tmp_path)
    assert f"No module named '{name}'" in done.stderr


def test_the_command_explains_itself(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "zeren", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "check" in done.stdout


def test_the_demo_runs_anywhere(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "zeren", "demo", cwd=tmp_path)
    assert done.returncode in {0, 1}, done.stderr
    assert "辅助研判" in done.stdout
    assert "Traceback" not in done.stderr
