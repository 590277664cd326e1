"""Watching the vault: which paths changed, in batches.

A thin layer over watchdog, imported only when something watches. One save makes several events, and a pull
makes thousands; they are gathered until it has been quiet for a moment. A batch says where to look, not
what happened: a stat scan tells that.
"""

from __future__ import annotations

import os
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

    from pkm.vault.vault import Vault

_NO_CHANGE = ("opened", "closed_no_write")
_LOOK_UP = 0.2  # seconds between looks at `stop`


class _Collector(FileSystemEventHandler):
    """Puts the changed paths of the vault into a queue, relative to its root."""

    def __init__(self, vault: Vault, queue: SimpleQueue[str]) -> None:
        self._vault = vault
        self._queue = queue

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _NO_CHANGE or (event.is_directory and event.event_type == "modified"):
            return
        for full in (event.src_path, event.dest_path):
            path = os.path.relpath(os.fsdecode(full), self._vault.root).replace(os.sep, "/") if full else "."
            if path != "." and not path.startswith("../") and not self._vault.excluded(path):
                self._queue.put(path)


def watch(vault: Vault, stop: Event, *, quiet: float = 0.2, longest: float = 2.0) -> Iterator[list[str]]:
    """Batches of changed paths, files and folders, sorted, until `stop` is set; watches from the call on.

    A batch ends when nothing happened for `quiet` seconds, or after `longest`.
    """
    queue: SimpleQueue[str] = SimpleQueue()
    return _batches(_started(vault, queue), queue, stop, quiet, longest)


def _started(vault: Vault, queue: SimpleQueue[str]) -> BaseObserver:
    """The system's own way of watching; looking again and again where that has no room for so many folders."""
    try:
        observer: BaseObserver = Observer()
        observer.schedule(_Collector(vault, queue), vault.root, recursive=True)
        observer.start()
    except OSError:
        observer = PollingObserver()
        observer.schedule(_Collector(vault, queue), vault.root, recursive=True)
        observer.start()
    return observer


def _batches(
    observer: BaseObserver, queue: SimpleQueue[str], stop: Event, quiet: float, longest: float
) -> Iterator[list[str]]:
    try:
        while not stop.is_set():
            try:
                paths = {queue.get(timeout=_LOOK_UP)}
            except Empty:
                continue
            until = monotonic() + longest
            while monotonic() < until:
                try:
                    paths.add(queue.get(timeout=quiet))
                except Empty:
                    break
            yield sorted(paths)
    finally:
        observer.stop()
        observer.join()
