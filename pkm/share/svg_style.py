"""The styles of a drawing, written into what they style: afterwards nothing in it needs a style sheet.

Programs that draw give shapes a class and colour it in a `<style>` at the top. A page's policy forbids
such a sheet, and one could fetch things; so each rule goes to the `style` of the elements it means.
Selectors of elements, classes and ids are understood, below and directly below others. A rule with
anything else (states, attributes, media) styles nothing, which a still picture does not miss.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

MAX_WORK = 2_000_000  # selectors times elements; a drawing beyond it goes without its sheet
_SVG = "{http://www.w3.org/2000/svg}"
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_STEP = re.compile(r"(>?)\s*([\w-]+|\*)?((?:[.#][\w-]+)*)(?=[\s>]|\Z)\s*")


class _Step(NamedTuple):
    """One part of a selector: `g.node` of `#a > g.node text`."""

    directly: bool  # below the step before
    tag: str
    names: frozenset[str]  # `.class` and `#id`


class _Rule(NamedTuple):
    weight: tuple[int, int, int, int]  # ids, classes, elements, place: the heavier one wins
    steps: tuple[_Step, ...]
    styles: tuple[tuple[str, str, bool], ...]  # name, value, whether it is important


def styled_within(root: Element) -> None:
    """Write what the sheets of a drawing say into the `style` of its elements."""
    sheets = "".join(element.text or "" for element in root.iter(f"{_SVG}style"))
    rules = list(_rules(sheets))
    if rules and len(rules) * sum(1 for _ in root.iter()) <= MAX_WORK:
        _style(root, [], rules)


def _rules(sheet: str) -> Iterator[_Rule]:
    for place, (selectors, body) in enumerate(_RULE.findall(_AT_RULE.sub("", _COMMENT.sub("", sheet)))):
        styles = []
        for declared in body.split(";"):
            name, _, value = declared.partition(":")
            plain = value.replace("!important", "").strip()
            if name.strip() and plain:
                styles.append((name.strip(), plain, plain != value.strip()))
        for selector in selectors.split(","):
            if styles and (steps := _steps(selector.strip())):
                named = [name for step in steps for name in step.names]
                ids = sum(name[0] == "#" for name in named)
                tags = sum(step.tag not in ("", "*") for step in steps)
                yield _Rule((ids, len(named) - ids, tags, place), steps, tuple(styles))


def _steps(selector: str) -> tuple[_Step, ...]:
    """Return the parts of a selector, none when it says what is not understood here."""
    steps, at = [], 0
    while at < len(selector):
        found = _STEP.match(selector, at)
        if not found or not (found[2] or found[3]):
            return ()
        steps.append(_Step(bool(found[1]), found[2] or "", frozenset(re.findall(r"[.#][\w-]+", found[3]))))
        at = found.end()
    return tuple(steps)


def _style(element: Element, above: list[Element], rules: list[_Rule]) -> None:
    line = [*above, element]
    meant = sorted(rule for rule in rules if _is(element, rule.steps[-1]) and _means(rule.steps, line))
    if meant:
        declared = [part.partition(":")[::2] for part in element.get("style", "").split(";") if part.strip()]
        own = [(name.strip(), value.strip(), False) for name, value in declared]
        said = [style for rule in meant for style in rule.styles] + own
        styles = {name: value for name, value, important in sorted(said, key=lambda style: style[2])}
        element.set("style", ";".join(f"{name}:{value}" for name, value in styles.items()))
    for child in element:
        if isinstance(child.tag, str):
            _style(child, line, rules)


def _is(element: Element, step: _Step) -> bool:
    if step.tag not in ("", "*", element.tag.removeprefix(_SVG)):
        return False
    if not step.names:
        return True
    own = {f".{name}" for name in element.get("class", "").split()} | {f"#{element.get('id')}"}
    return step.names <= own


def _means(steps: tuple[_Step, ...], line: list[Element]) -> bool:
    """Whether the steps lead down this line of elements to its last one."""
    reached = [True] + [False] * len(steps)  # how many steps can be behind us, at or above where we are
    here = list(reached)
    for element in line:
        before, here = here, [False] * len(reached)
        for number in range(len(steps), 0, -1):
            step = steps[number - 1]
            way = before[number - 1] if step.directly else reached[number - 1]
            here[number] = way and _is(element, step)
        reached = [then or now for then, now in zip(reached, here, strict=True)]
    return here[-1]
