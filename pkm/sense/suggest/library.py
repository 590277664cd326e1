"""`scipy.sparse`, loaded without the parts of numpy that it looks at in passing.

As scipy starts it copies every name of numpy, and so has numpy load what it else loads when asked: its compiler for
Fortran and its help for tests, a quarter of all that starting takes. Here they are hidden as long as that lasts.
"""

from __future__ import annotations

import numpy as np

_HIDDEN = [name for name in ("f2py", "testing") if name not in vars(np)]
for _name in _HIDDEN:
    setattr(np, _name, None)
try:
    import scipy.sparse as sp
finally:
    for _name in _HIDDEN:
        if vars(np).get(_name, 0) is None:  # scipy may have asked for it by its full name
            delattr(np, _name)

__all__ = ["sp"]
