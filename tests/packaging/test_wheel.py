"""The built wheel alone is the whole program: command, templates, sample vault."""

from __future__ import annotations

import os
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


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the back end that is already here, so that no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", folder, cwd=ROOT)
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
