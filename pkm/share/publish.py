"""`pkm publish` as a function: vault in, site out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pkm.config import load
from pkm.errors import RefusedError
from pkm.share.gate import Rules, Source, project
from pkm.share.garden.build import Report, build
from pkm.share.garden.settings import Garden
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from pkm.config import Settings
    from pkm.share.bundle import Bundle


def publish(vault_root: str, out: str) -> Report:
    """Publish a vault by walking it."""
    settings = load(vault_root)
    vault = Vault(vault_root, settings.exclude)
    bundle = project_vault(vault, settings)
    blocking = [finding for finding in bundle.findings if finding.blocks]
    if blocking:
        raise RefusedError("Nothing was published.", "\n".join(f"{f.path}:{f.line}: {f.message}" for f in blocking))
    return build(bundle, garden_of(vault, settings), out, rules_of(settings).hidden)


def project_vault(vault: Vault, settings: Settings) -> Bundle:
    notes, files = [], []
    for folder, stamps in vault.stamps():
        for name, *_ in stamps:
            path = f"{folder}/{name}" if folder else name
            if path.startswith(settings["templates"] + "/"):
                continue
            (notes if name.lower().endswith((".md", ".markdown")) else files).append(path)
    with vault.reader() as read:
        sources = [Source(path, read(path)) for path in sorted(notes)]
        return project(sources, sorted(files), read, rules_of(settings))


def rules_of(settings: Settings) -> Rules:
    hidden = settings["garden.private_link"]
    return Rules(**({"hidden": hidden} if hidden else {}), default=settings.values.get("garden.default", "private"))


def garden_of(vault: Vault, settings: Settings) -> Garden:
    url = settings["garden.url"].rstrip("/")
    return Garden(
        title=settings["garden.title"] or os.path.basename(vault.root), url=url + "/" if url else "", author=settings["garden.author"],
        language=settings["garden.language"], licence=settings["garden.licence"], theme=os.path.join(vault.root, settings["templates"], "garden"),
    )  # fmt: skip
