"""What the whole garden shares: its name, its address, its words, its templates."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from pkm.share.garden.words import words_for
from pkm.templates import templates_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

# Only files of the site itself: style, script, pictures, fonts of a theme. Nothing inline, no frames, no forms.
CSP = "default-src 'self';frame-src 'none';object-src 'none';base-uri 'none';form-action 'none'"


@dataclass(frozen=True)
class Garden:
    """The author's choices for the site. Not slotted: templates and words are found once."""

    title: str = "Garden"
    url: str = ""  # with a slash at the end, or empty when nobody knows yet where it will live
    author: str = ""
    language: str = "en"
    licence: str = ""
    image: str = ""  # a file of the theme that stands for pages without a picture
    theme: str = ""  # a folder whose files stand in for the built-in templates
    csp: str = CSP
    extra: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def words(self) -> dict[str, str]:
        return words_for(self.language)

    @cached_property
    def root(self) -> str:
        """The path under which the site stands on its host, such as `/garden/`; "" when nobody knows."""
        return quote(unquote(urlsplit(self.url).path)) if self.url else ""

    @cached_property
    def picture(self) -> str:
        """The address of the picture that stands for the site, "" when there is none."""
        path = os.path.join(self.theme, "theme", self.image)
        plain = self.image and "/" not in self.image and os.path.isfile(path)
        return f"{self.url}theme/{quote(self.image)}" if self.url and plain else ""

    @property
    def folders(self) -> list[str]:
        """Where templates are looked for, the author's own first."""
        built_in = os.path.join(templates_dir(), "garden")
        return [self.theme, built_in] if self.theme and os.path.isdir(self.theme) else [built_in]
