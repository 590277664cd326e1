"""Saved questions: `[view]` in `pkm.toml` gives them names, `pkm find @name` asks them."""

from __future__ import annotations

import shlex

from pkm.errors import UsageError
from pkm.index import ask as asking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.config import Settings
    from pkm.index.ask import Ask


def with_views(ask: Ask, settings: Settings) -> Ask:
    """The question with each `@name` replaced by what the view asks. What is asked beside it narrows it."""
    words, ask.words = ask.words, []
    for word in words:
        if word[:1] != "@":
            ask.words.append(word)
            continue
        view = _view(word[1:], settings)
        if view.words:
            view.words = ["(", *view.words, ")"]  # an OR inside does not reach beyond it
        ask.add(view)
    return ask


def _view(name: str, settings: Settings) -> Ask:
    text = settings.view.get(name)
    if text is None:
        known = ", ".join(["@" + each for each in settings.view]) or "none yet"
        example = f'[view]\n{name or "name"} = "--tag book --sort -created"'
        hint = f"Name one in pkm.toml:\n{example}\nOr look for the text:  pkm find '\"@{name}\"'"
        raise UsageError(f"There is no view @{name}.", f"Views: {known}.", hint)
    try:
        view = asking.read(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"The view @{name} cannot be read.", f"{error}: {text}", "Correct it in pkm.toml.") from None
    if view is None:
        raise UsageError(f"The view @{name} has a flag that is not known there.", text, "Views hold words and filters.")
    if any(word[:1] == "@" for word in view.words):
        raise UsageError(f"The view @{name} asks for another view.", text, "Write out what it asks for.")
    return view
