"""Compile pkm/markdown/scan_plain.pyx while pkm is installed; where that cannot be done, install it without.

A hook of hatchling. An editable install gets the module beside its source, a wheel has it inside and is for one
platform. Without a C compiler or Python's headers the wheel is the plain one: the same program, a fifth slower when
it fills an index.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = "pkm.markdown.scan_plain"
LIBRARIES = (".so", ".pyd")


class CompileScanner(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls before it puts a wheel together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        try:
            built = compiled(Path(self.root))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - compilers fail in their own ways; none is needed
            self.app.display_warning(f"The scanner is not compiled, notes are read by Python alone: {error}")
            return
        build_data["artifacts"].append(f"/{built}")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def compiled(root: Path) -> str:
    """Compile the module and put it beside its source; its path from the root."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    folder = root.joinpath(*MODULE.split(".")).parent
    with tempfile.TemporaryDirectory() as place:
        source = shutil.copy(folder / "scan_plain.pyx", place)
        extension = Extension(MODULE, [source])
        command = Distribution({"ext_modules": cythonize([extension], quiet=True)}).get_command_obj("build_ext")
        command.build_lib = command.build_temp = place
        command.ensure_finalized()
        command.run()
        (built,) = (path for path in Path(place).rglob("scan_plain.*") if path.suffix in LIBRARIES)
        for old in [path for path in folder.glob("scan_plain.*") if path.suffix in LIBRARIES]:
            old.unlink()
        return Path(shutil.copy(built, folder)).relative_to(root).as_posix()
