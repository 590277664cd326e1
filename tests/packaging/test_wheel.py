"""The built wheel alone is the whole program: command, templates, sample vault."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import pkm

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the back end that is already here, so that no network is needed."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


def build(source: Path, folder: Path, **environment: str) -> Path:
    command = ("-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", folder)
    run(sys.executable, *command, cwd=source, **environment)
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_the_package_and_the_templates_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    version = pkm.__version__
    assert {name.split("/")[0] for name in names} == {"pkm", f"pkm-{version}.dist-info", f"pkm-{version}.data"}
    for module in (ROOT / "pkm").rglob("*.py"):
        assert str(module.relative_to(ROOT).as_posix()) in names
    for template in (ROOT / "templates").rglob("*"):
        if template.is_file() and ".pkm" not in template.parts:
            assert f"pkm/_templates/{template.relative_to(ROOT / 'templates').as_posix()}" in names
    assert not [name for name in names if name.endswith((".pyc", ".db"))]


def test_command_is_a_script_without_a_generated_wrapper(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        script = archive.read(f"pkm-{pkm.__version__}.data/scripts/pkm").decode()
        entries = [archive.read(name).decode() for name in archive.namelist() if name.endswith("/entry_points.txt")]

    assert script.startswith("#!python\n")
    assert "console_scripts" not in "".join(entries)


def test_wheel_in_an_empty_environment_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=True)
    run(place / SCRIPTS / "python", "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    version = run(place / SCRIPTS / "pkm", "--version", cwd=elsewhere)
    templates = run(
        place / SCRIPTS / "python",
        "-c",
        "from pkm.templates import templates_dir; print(templates_dir())",
        cwd=elsewhere,
    )

    assert pkm.__version__ in version
    assert Path(templates.strip()).is_relative_to(place)
    assert Path(templates.strip(), "sample-vault").is_dir()


def test_without_a_compiler_the_wheel_is_the_plain_one(tmp_path: Path) -> None:
    for part in ("pkm", "templates", "bin"):
        shutil.copytree(ROOT / part, tmp_path / "source" / part, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for part in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, tmp_path / "source")

    wheel = build(tmp_path / "source", tmp_path / "built", CC="false", LDSHARED="false")

    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".so", ".pyd"))]


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")
def test_with_a_compiler_the_wheel_brings_the_compiled_modules(wheel: Path) -> None:
    pytest.importorskip("pkm.markdown.scan_plain", reason="Python's headers are not here")
    names = zipfile.ZipFile(wheel).namelist()

    assert "none-any" not in wheel.name
    brought = {name.partition(".")[0] for name in names if name.endswith((".so", ".pyd"))}
    assert brought == {str(path.relative_to(ROOT).with_suffix("")) for path in ROOT.glob("pkm/**/*.pyx")}
