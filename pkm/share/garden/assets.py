"""Where the files of a bundle stand in the site: by their content, so that a changed picture has a new address."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkm.model.digest import digest
from pkm.share.references import address
from pkm.vault.names import slug

if TYPE_CHECKING:
    from pkm.share.bundle import Asset


class Shown(NamedTuple):
    """A file as pages refer to it."""

    name: str  # path within the site
    href: str
    kind: str
    width: int
    height: int


def shown(asset: Asset) -> Shown:
    """Return the place of a file: its own name, readable, and a few characters of its content's digest."""
    stem, _, suffix = asset.path.rpartition("/")[2].rpartition(".")
    name = f"files/{slug(stem)[:60]}-{digest(asset.data)[:8]}.{suffix.lower()}"
    return Shown(name, address(name), asset.kind, asset.width, asset.height)
