"""`pkm publish --serve`: the site on this machine alone, made again whenever a note is saved."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pkm import config
from pkm.cli import output, state
from pkm.cli.deliver import tell
from pkm.cli.output import clean, count, say
from pkm.errors import PkmError
from pkm.share.choices import garden_of
from pkm.share.current import own_folder
from pkm.share.publish import publish
from pkm.share.serve import HERE, Served, open_server
from pkm.vault.vault import Vault
from pkm.vault.watch import watch

if TYPE_CHECKING:
    from pkm.share.garden.build import Build


def show(port: int) -> int:
    """Serve until Ctrl-C; the exit code."""
    root = state.bench().root
    folder = own_folder(root, "preview")
    stop = threading.Event()
    changes = watch(state.bench().vault, stop)
    build = _publish(root, folder)
    served = Served(folder, garden_of(root, config.load(root)).root)
    server = open_server(served, port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    say(f"{_told(build)} http://{HERE}:{server.server_port}/  (Ctrl-C ends)")
    known = _tell_news(build, set())
    try:
        for _ in changes:
            try:
                build = _publish(root, folder)
            except PkmError as error:
                output.show_error(error)
                continue
            if build:
                say(_told(build))
                known = _tell_news(build, known)
                served.change()
    except KeyboardInterrupt:
        say("")
    finally:
        stop.set()
        next(changes, None)  # the watching ends with its last look at `stop`
        server.shutdown()
        server.server_close()
    return 0


def _publish(root: str, folder: str) -> Build | None:
    """Make the site again, with the settings as they are now; nothing is told to the ledger."""
    settings = config.load(root)
    return publish(Vault(root, settings.exclude), settings, folder, record=False)


def _tell_news(build: Build | None, known: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Say what was found and not said before; return what is known now."""
    if build is None:
        return known
    tell([found for found in build.findings if (found.path, found.message) not in known])
    return {(found.path, found.message) for found in build.findings}


def _told(build: Build | None) -> str:
    if build is None:
        return "The site is as the notes are."
    return clean(f"{count(len(build.site.cards), 'note')}, {count(len(build.folder.written), 'file')} written.")
