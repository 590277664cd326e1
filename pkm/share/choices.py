"""What the author's settings mean for the gate and for the site."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.share.current import theme_folder
from pkm.share.garden.settings import Garden
from pkm.share.garden.words import words_for
from pkm.share.gate import Rules

if TYPE_CHECKING:
    from pkm.config import Settings


def rules_of(settings: Settings) -> Rules:
    """Return what the settings say to the gate."""
    return Rules(
        hidden=str(settings["garden.private_link"]) or words_for(str(settings["garden.language"]))["hidden"],
        default=str(settings["publish.default"]),
        allowed_secrets=frozenset(settings["garden.allow_secrets"]),
    )


def garden_of(root: str, settings: Settings) -> Garden:
    """Return what the settings say about the site."""
    url = str(settings["garden.url"]).strip().rstrip("/")
    return Garden(
        title=str(settings["garden.title"]) or os.path.basename(root),
        url=url + "/" if url.startswith(("http://", "https://")) else "",
        author=str(settings["garden.author"]),
        language=str(settings["garden.language"]),
        licence=str(settings["garden.licence"]),
        image=str(settings["garden.image"]).removeprefix("theme/"),
        theme=theme_folder(root, settings),
    )
