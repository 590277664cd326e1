from typing import Any, TypeAlias

from pkm.model.link import Scan

Rows: TypeAlias = tuple[
    list[tuple[Any, ...]], list[tuple[Any, ...]], list[str], list[tuple[Any, ...]], list[tuple[Any, ...]]
]

def scan(text: str, start: int) -> Scan | None: ...
def rows(text: str, start: int) -> Rows | None: ...
