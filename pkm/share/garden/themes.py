"""The garden's templates: ours, and the author's own in place of any of them.

A vault may have come from somebody else, so templates of its own run in a sandbox: they arrange what
a page is given and reach nothing beyond it.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from pkm.errors import PkmError

if TYPE_CHECKING:
    from jinja2 import Environment, Template, TemplateError

    from pkm.share.garden.settings import Garden


class Templates:
    """Fills templates by name. `compiled`: a folder of our own where compiled ones are kept."""

    def __init__(self, garden: Garden, compiled: str = "") -> None:
        from jinja2 import TemplateError

        self._error: type[TemplateError] = TemplateError
        environment = _environment(garden, compiled)
        # As attributes, the words are found at once; as keys only after a failure.
        environment.globals.update(g=garden, w=SimpleNamespace(**garden.words), csp=Markup(garden.csp))
        self._environment = environment
        self._template: functools._lru_cache_wrapper[Template] = functools.cache(self._loaded)

    def _loaded(self, name: str) -> Template:
        template = self._environment.get_template(name)
        template.root_render_func.__globals__["escape"] = _escaped
        template.globals = dict(template.globals)  # gathered once; as a chain of mappings it is for every page
        return template

    def fill(self, template: str, /, **values: Any) -> str:
        """Return the filled template."""
        try:
            return self._template(template).render(values)
        except self._error as error:
            raise _told(template, error) from None


def _escaped(value: object) -> Markup:
    """Return text for HTML, and HTML as it is: the same as what Jinja puts there, without copying whole pages."""
    return value if type(value) is Markup else escape(value)


def _environment(garden: Garden, compiled: str) -> Environment:
    from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    own = len(garden.folders) > 1
    # What is compiled for the sandbox is other code under the same name, so it is not kept.
    cache = FileSystemBytecodeCache(compiled) if compiled and not own else None
    return (ImmutableSandboxedEnvironment if own else Environment)(
        loader=FileSystemLoader(garden.folders),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        bytecode_cache=cache,
    )


def _told(name: str, error: TemplateError) -> PkmError:
    at = getattr(error, "lineno", 0)  # only a mistake in how it is written has one
    where = f"{getattr(error, 'name', None) or name}" + (f" line {at}" if at else "")
    return PkmError(
        f"The garden's template {where} cannot be filled.", str(error.message or error), "Nothing was published."
    )
