"""Publishing as one story: look at the vault, let the gate decide, say what would change, deliver, remember.

`Publication` takes these steps one by one, so that a command can show the author what would become
public, and ask, before anything is. Nothing is printed and nothing asked here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pkm import config
from pkm.errors import RefusedError
from pkm.markdown.frontmatter import read
from pkm.model.unswept import unswept
from pkm.share import current
from pkm.share.bundle import Finding
from pkm.share.choices import garden_of, rules_of
from pkm.share.front import lines
from pkm.share.gate import Source, admit, leaks, take_asset
from pkm.share.ledger import append
from pkm.share.look import Look
from pkm.share.references import KnownNames, Names, close_page, hidden_name, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkm.config import Settings
    from pkm.share.bundle import Asset, Page
    from pkm.share.current import Listed
    from pkm.share.garden.assets import Shown
    from pkm.share.garden.build import Build
    from pkm.share.references import Named
    from pkm.vault.vault import Vault


class Outlook(NamedTuple):
    """What a delivery would change for readers: paths of notes, and names that were never public."""

    new: list[str]
    changed: list[str]
    removed: list[str]
    names: list[str]


class Publication:
    """One publishing of one vault to one folder."""

    def __init__(
        self, vault: Vault, settings: Settings, out: str, *, record: bool = True, listed: Listed | None = None
    ) -> None:
        """`record`: whether the ledger is told, which it is not when only the author looks. `listed`: as in `Look`."""
        from pkm.share.garden.shelf import Shelf
        from pkm.share.garden.state import Meta, Store

        self.vault = vault
        self.settings = settings
        self.record = record
        self.out = os.path.abspath(out)
        self.rules = rules_of(settings)
        self.garden = garden_of(vault.root, settings)
        self.store = Store(current.state_path(vault.root, self.out))
        self.ledger_path = current.ledger_path(vault.root, self.out)
        meta = self.store.meta
        # What was remembered holds only while the site is what the last build left there.
        self.everything = (meta.get("print"), meta.get("manifest")) != self._prints()
        if self.everything:
            meta = Meta()
        self.look = Look(vault, (settings["templates"],), meta.get("notes", {}), listed)
        self._files: dict[str, Any] = meta.get("files", {})
        self._shown: dict[str, tuple[Any, ...]] = meta.get("shown", {})
        self._found: dict[str, list[tuple[Any, ...]]] = meta.get("findings", {})
        self.before = Shelf()
        self.fresh: dict[str, Page] = {}
        self.gone: set[str] = set()
        self.assets: dict[str, Asset] = {}
        self.shown: dict[str, Shown] = {}
        self.changed_files: set[str] = set()
        self._shown_files: set[str] = set()
        self._kept: list[str] = []
        self._renamed = True  # whether a link may find another page or file than before by any name

    def _prints(self) -> tuple[str, tuple[int, int] | None]:
        return current.fingerprint(self.vault.root, self.settings, self.out), current.manifest_stamp(self.out)

    @property
    def is_current(self) -> bool:
        """Whether the site is what a build would make, as far as the files' times tell."""
        look = self.look
        return not (self.everything or look.suspects or look.gone or self._files != look.files)

    def project(self) -> None:
        """Let the gate look at what changed, and at what that concerns."""
        if not self.everything:
            self.before = self.store.shelf()
        look = self.look
        read: set[str] = set()
        admitted: dict[str, Page] = {}
        for path, data in look.changed():
            read.add(path)
            if page := self._admit(path, data):
                admitted[path] = page
        for path in look.gone:
            self._found.pop(path, None)
        self.gone = {path for path in self.before if path in read or path not in look.stamps} - admitted.keys()
        if concerned := self._concerned(admitted):
            admitted.update((path, page) for path, data in look.again(concerned) if (page := self._admit(path, data)))
        for path, error in look.unread.items():
            self._found[path] = [(path, 0, f"stays home: {error.message}", error.hint, False)]
        self.fresh = {path: admitted[path] for path in sorted(admitted)}
        self._close()
        self._take_files()

    def _admit(self, path: str, data: bytes) -> Page | None:
        page, findings = admit(Source(path, data), self.rules)
        if page is None:
            values = read(data).values
            for key in ("id", "title", "aliases"):
                self._kept += lines(values.get(key), commas=False)
        self._found.pop(path, None)
        self._note(path, findings)
        return page

    def _note(self, path: str, findings: Iterable[Finding]) -> None:
        rows = [(f.path, f.line, f.message, f.hint, f.blocks) for f in findings]
        if rows:
            self._found.setdefault(path, []).extend(rows)

    def _concerned(self, admitted: dict[str, Page]) -> list[str]:
        """The other pages with a link that may mean something else now."""
        touched: set[str] = set()
        for path in admitted.keys() | self.gone:
            old, new = self.before.get(path), admitted.get(path)
            touched |= (names_of(old) if old else set()) ^ (names_of(new) if new else set())
        for path in self._files.keys() ^ self.look.files.keys() if self.before else ():
            touched.add(path.rpartition("/")[2].lower())
        self._renamed = bool(touched)
        if not touched:
            return []
        hidden = {hidden_name(name) for name in touched}
        return [
            path
            for path, card in self.before.items()
            if path not in admitted
            and path not in self.gone
            and not (touched.isdisjoint(card.names) and hidden.isdisjoint(card.missing))
        ]

    def _close(self) -> None:
        """Resolve the links of the fresh pages among all pages."""
        if not self.fresh:
            return
        names = self._names()
        for path, page in self.fresh.items():
            findings: list[Finding] = []
            close_page(page, names, self.rules.hidden, findings)
            findings += leaks(page, self.rules, self.vault.read)
            page.links = []  # closed, they are references; ten thousand pages of them take room
            self._note(path, findings)

    def _names(self) -> Names:
        """All names by which a link may find something."""
        files = sorted(self.look.files)
        if not (self.everything or self._renamed):
            return KnownNames(self.before.called, files)
        named: dict[str, Named] = {path: card for path, card in self.before.items() if path not in self.gone}
        named.update(self.fresh)
        return Names([named[path] for path in sorted(named)], files)

    def _take_files(self) -> None:
        """Take the files that pages show, where they are new or others than before."""
        from pkm.share.garden.assets import Shown, shown

        used = self._shown_files = self._used()
        with self.vault.reader() as read:
            for path in sorted(used):
                stamp = self.look.files[path]
                if path in self._shown and self._files.get(path) == stamp and stamp[0]:
                    self.shown[path] = Shown(*self._shown[path])
                    continue
                asset, finding = take_asset(path, read)
                self._found.pop(path, None)
                self._note(path, [finding] if finding else [])
                if asset:
                    self.assets[path] = asset
                    self.shown[path] = shown(asset)
                if self._shown.get(path) != (tuple(self.shown[path]) if asset else None):
                    self.changed_files.add(path)
        for path in self._shown.keys() - used:
            self._found.pop(path, None)

    def _used(self) -> set[str]:
        """The files that pages show now."""
        used = {r.asset for page in self.fresh.values() for r in page.references if r.asset}
        were = {asset for path in self.fresh if path in self.before for asset in self.before[path].assets}
        if not (self.everything or self.gone) and were <= used:
            return used.union(self.store.meta["used"])
        others = (card for path, card in self.before.items() if path not in self.gone and path not in self.fresh)
        return used.union(*(card.assets for card in others))

    @property
    def findings(self) -> list[Finding]:
        return [Finding(*row) for path in sorted(self._found) for row in self._found[path]]

    def refuse_if_blocked(self) -> None:
        """Raise when something must not leave."""
        blocking = [finding for finding in self.findings if finding.blocks]
        if blocking:
            lines = "\n".join(f"{f.path}:{f.line}: {f.message}. {f.hint}" for f in blocking)
            raise RefusedError("Nothing was published.", lines)

    def prepare(self) -> Build:
        """Return the build, which knows all addresses and has written nothing yet."""
        from pkm.share.garden.build import Build
        from pkm.share.garden.writer import Folder

        folder = Folder(self.out)
        if not self.everything:
            folder.keep_all()
        self.build = Build(
            self.garden, folder, self.store, self.before, self.fresh, self.gone, self.shown,
            self.rules.hidden, self.changed_files, self.ledger_path, config.iso(config.now()), self._home(),
        )  # fmt: skip
        return self.build

    def _home(self) -> Iterator[str]:
        """Yield what the notes that stay home are called: by their paths all, by their front matter those just read."""
        cards = self.build.site.cards
        yield from (path for path in self.look.notes if path not in cards)
        yield from self._kept

    def outlook(self) -> Outlook:
        """Return what would be new, changed, removed, and which titles the public would see for the first time."""
        build = self.build
        cards, known = build.site.cards, build.telling.known
        were = {str(line.get("path")) for line in known.slugs.values() if line.get("ref") not in known.gone}
        fresh = set(self.fresh)
        new = [path for path in cards if path not in were and path not in self.before]
        changed = [
            path
            for path in cards
            if path in fresh and path in self.before and cards[path].digest != self.before[path].digest
        ]
        removed = sorted((were | self.before.keys()) - cards.keys())
        return Outlook(new, changed, removed, build.telling.names)

    def deliver(self) -> Build:
        """Write the site, then remember what was written."""
        current.forget(self.vault.root, self.out)
        build = self.build
        folder = build.folder
        for name in {row[0] for row in self._shown.values()} - {place.name for place in self.shown.values()}:
            folder.forget(name)
        for path, asset in self.assets.items():
            folder.put(self.shown[path].name, asset.data)
        if self.everything or self.fresh or self.gone or self.changed_files or self._files != self.look.files:
            build.run()
        else:
            build.touch()
        for path, problem in build.notes.problems.items():
            self._note(path, [Finding(path, 0, f"its text is shown as it was written: {problem}")])
        for path, problem in build.diagrams.problems.items():
            self._note(path, [Finding(path, 0, f"a diagram is shown as its source: {problem}")])
        if self.record:
            append(self.ledger_path, build.telling.news)
        fingerprint, manifest = self._prints()
        build.remember(
            notes=self.look.stamps,
            files=self.look.files,
            shown={path: tuple(place) for path, place in self.shown.items()},
            findings=self._found,
            used=sorted(self._shown_files),
            told=self.record,
            print=fingerprint,
            manifest=manifest,
        )
        if self.look.seen and not self.look.unread:
            current.remember(self.vault.root, self.settings, self.out, self.look.seen)
        build.findings = self.findings
        return build


def publish(vault: Vault, settings: Settings, out: str, *, record: bool = True) -> Build | None:
    """Publish without asking; None when the site was current."""
    publication = Publication(vault, settings, out, record=record)
    try:
        if publication.is_current:
            publication.refuse_if_blocked()
            return None
        with unswept():
            publication.project()
            publication.refuse_if_blocked()
            publication.prepare()
            return publication.deliver()
    finally:
        publication.store.close()
