"""Where the files of `templates/` are: note templates, the garden's pages, the sample vault.

In an installed `pkm` they lie inside the package as `pkm/_templates`; in a checkout (an editable
install) they are the folder `templates` beside the package. Nothing here reads a template.
"""

from __future__ import annotations

import os.path


def templates_dir() -> str:
    """Return the folder of the built-in templates, as an absolute path."""
    here = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(here, "_templates")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(here), "templates")
