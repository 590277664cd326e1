"""What is left out as scipy is loaded."""

from __future__ import annotations

import subprocess
import sys

ASKED = """
import sys
import pkm.sense.suggest.rank
print(sorted({"numpy.f2py", "numpy.testing"} & set(sys.modules)))
import numpy
print(numpy.testing.__name__, numpy.f2py.__name__)
"""


def test_numpys_compiler_and_its_help_for_tests_are_not_loaded_but_there_for_whoever_asks() -> None:
    said = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout

    assert said.split("\n")[:2] == ["[]", "numpy.testing numpy.f2py"]
