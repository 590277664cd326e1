"""Choosing from a list at a terminal: type to narrow it, arrows to move, Tab to mark several, Enter to take.

It draws on stderr and reads the keyboard, so that what is chosen can go through a pipe. Where a terminal
cannot give single keys, it asks for a number instead.
"""

from __future__ import annotations

import os
import re
import sys

from pkm.cli import output
from pkm.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkm.index.queries import Named
    from pkm.workbench import Workbench

    Row = tuple[str, str]

SHOWN = 12
UP, DOWN, ENTER, MARK, ERASE, CLEAR, STOP = "up", "down", "enter", "mark", "erase", "clear", "stop"
_KEYS = {
    "\x1b[A": UP, "\x1bOA": UP, "\x10": UP, "\x1b[B": DOWN, "\x1bOB": DOWN, "\x0e": DOWN, "\r": ENTER, "\n": ENTER,
    "\t": MARK, "\x7f": ERASE, "\x08": ERASE, "\x15": CLEAR, "\x1b": STOP, "\x03": STOP, "\x04": STOP, "": STOP,
}  # fmt: skip
# One key among several: a sequence such as an arrow's, or a letter.
_PRESS = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O.)?|[^\x1b]", re.DOTALL)


def the_note(bench: Workbench, name: str) -> Named:
    """The note that a name means. At a terminal a person picks one of several, or of all when none is named."""
    from pkm.index import queries

    if not name.strip():
        if not can_choose():
            raise UsageError("Which note?", "None is named.", "Name one by its title, id, alias or path.")
        sql = "SELECT n.id, f.path, n.title FROM notes n JOIN files f ON f.id = n.id ORDER BY n.modified DESC, f.path"
        notes = [queries.Named(*row) for row in bench.db.execute(sql)]
    else:
        try:
            return queries.one(bench.db, name, bench.root)
        except queries.Ambiguous as several:
            if not can_choose():
                raise
            notes = several.notes
    chosen = pick([(output.one_line(note.title), output.one_line(note.path)) for note in notes], several=False)
    if not chosen:
        raise UsageError("No note was chosen.", "", "Name one by its path.")
    return notes[chosen[0]]


def can_choose() -> bool:
    """Whether a person sees the list and has a keyboard; what is chosen may go into a pipe."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def pick(rows: list[Row], *, several: bool = True) -> list[int]:
    """The places of the rows that a person chose; none when they changed their mind."""
    if not can_choose():
        raise UsageError(
            "There is nobody to choose.", "-i needs a terminal.", "Leave out -i, or take the first with -n 1."
        )
    if not rows:
        return []
    try:
        import termios
        import tty
    except ImportError:
        return _by_number(rows, input)
    keyboard = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(keyboard)
    except termios.error:
        return _by_number(rows, input)
    try:
        tty.setcbreak(keyboard)
        return Picker(rows, several=several).run(lambda: _key(keyboard))
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _by_number(rows: list[Row], ask: Callable[[str], str]) -> list[int]:
    for number, (title, detail) in enumerate(rows[:SHOWN], 1):
        sys.stderr.write(f"{number:3}  {title}  {detail}\n")
    answer = ask("which? ").strip()
    return [int(answer) - 1] if answer.isdigit() and 0 < int(answer) <= min(SHOWN, len(rows)) else []


def _key(keyboard: int) -> str:
    """One key press as text; an arrow comes as several bytes at once."""
    return os.read(keyboard, 32).decode("utf-8", "ignore")


class Picker:
    """The state of one choice. `run` is given the keys, one press each, so that it needs no terminal."""

    def __init__(self, rows: list[Row], *, several: bool = True) -> None:
        self.rows = [(title, detail, f"{title} {detail}".lower()) for title, detail in rows]
        self.several = several
        self.typed = ""
        self.marked: list[int] = []
        self.at = 0
        self.drawn = 0

    @property
    def fitting(self) -> list[int]:
        """The rows that hold all typed words, those whose title begins with them first; then the loose fits.

        A loose fit has the letters of each word in their order: `ptq` finds "Protocols protect the quiet ones".
        """
        start = self.typed.lower().strip()
        if not start:
            return list(range(len(self.rows)))
        words = start.split()
        found = [i for i, row in enumerate(self.rows) if all(word in row[2] for word in words)]
        found.sort(key=lambda i: not self.rows[i][2].startswith(start))
        if len(found) >= SHOWN:
            return found
        loose = [re.compile(".*?".join(map(re.escape, word))) for word in words]
        exact = set(found)
        spans = {i: _looseness(loose, row[2]) for i, row in enumerate(self.rows) if i not in exact}
        return found + sorted((i for i in spans if spans[i]), key=spans.__getitem__)

    def run(self, next_key: Callable[[], str]) -> list[int]:
        """Read keys until the person takes or leaves."""
        while True:
            fitting = self._look()
            self._draw(fitting)
            for press in _presses(next_key()):
                key = _KEYS.get(press, press)
                if key in (STOP, ENTER):
                    self._clear()
                    chosen = self.marked or ([fitting[self.at]] if fitting else [])
                    return chosen if key == ENTER else []
                self._apply(key, fitting)
                fitting = self._look()

    def _look(self) -> list[int]:
        """The rows to show now, with the cursor on one of them."""
        fitting = self.fitting
        self.at = max(0, min(self.at, len(fitting) - 1))
        return fitting

    def _apply(self, key: str, fitting: list[int]) -> None:
        if key in (UP, DOWN):
            self.at += 1 if key == DOWN else -1
        elif key == MARK:
            if self.several and fitting:
                row = fitting[self.at]
                self.marked.remove(row) if row in self.marked else self.marked.append(row)
                self.at += 1
        elif key == ERASE:
            self.typed = self.typed[:-1]
        elif key == CLEAR:
            self.typed = ""
        elif key.isprintable():
            self.typed += key
            self.at = 0

    def _draw(self, fitting: list[int]) -> None:
        first = max(0, self.at - SHOWN + 1)
        width = max(20, output.width() - 1)
        lines = [f"> {self.typed}"]
        for place, row in enumerate(fitting[first : first + SHOWN], first):
            title, detail, _ = self.rows[row]
            sign = ("›" if place == self.at else " ") + ("*" if row in self.marked else " ")
            lines.append(_cut(f"{sign} {title}  {detail}", width))
        lines.append(f"  {len(fitting):,} of {len(self.rows):,}")
        self._write(lines, 3 + len(self.typed))

    def _clear(self) -> None:
        self._write([""], 1)
        self.drawn = 0

    def _write(self, lines: list[str], column: int) -> None:
        """Lines over those of before, each wiped to its end; the cursor goes back to the first."""
        height = max(len(lines), self.drawn)
        padded = [*lines, *[""] * (height - len(lines))]
        up = f"\x1b[{height - 1}A" if height > 1 else ""
        sys.stderr.write("\r" + "\r\n".join([line + "\x1b[K" for line in padded]) + f"{up}\x1b[{column}G")
        sys.stderr.flush()
        self.drawn = len(lines)


def _looseness(words: list[re.Pattern[str]], text: str) -> int:
    """How many letters the words are spread over, the fewer the better; 0 when one is not in the text."""
    found = [word.search(text) for word in words]
    return sum(each.end() - each.start() for each in found if each) if all(found) else 0


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _presses(text: str) -> Iterator[str]:
    """What was pressed: mostly one key; several when they came fast, or were pasted."""
    if text in _KEYS:
        yield text  # Escape alone, and the end of input
    else:
        for press in _PRESS.findall(text):
            yield press if press in _KEYS or press[0] != "\x1b" else "\x00"
