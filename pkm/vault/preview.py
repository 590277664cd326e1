"""What a plan would do, as a unified diff."""

from __future__ import annotations

from difflib import unified_diff

from pkm.errors import ChangedError
from pkm.vault.plan import checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.vault.plan import Plan
    from pkm.vault.vault import Vault


def diff(vault: Vault, plan: Plan) -> str:
    """The plan as a unified diff; what is not text is only named. Raises like `apply` when the plan is stale."""
    with checked(vault.root, plan.changes) as ledger, vault.reader() as read:
        now: dict[str, bytes | None] = {}

        def bytes_at(path: str) -> bytes:
            found = now[path] if path in now else read(path)
            if found is None:
                raise ChangedError(f"{path} is gone.")
            return found

        rows: list[str] = []
        for change in ledger.steps:
            if change.kind == "move":
                now[change.to], now[change.path] = bytes_at(change.path), None
                rows += [f"rename from {change.path}\n", f"rename to {change.to}\n"]
                continue
            old = None if change.kind == "create" else bytes_at(change.path)
            new = None if change.kind == "remove" else change.data
            now[change.path] = new
            above = "/dev/null" if old is None else "a/" + change.path
            below = "/dev/null" if new is None else "b/" + change.path
            if _is_binary(old) or _is_binary(new):
                rows.append(
                    f"Binary files {above} ({len(old or b'')} bytes) and {below} ({len(new or b'')} bytes) differ\n"
                )
                continue
            found = list(unified_diff(_lines(old), _lines(new), above, below))
            for row in found or [f"--- {above}\n", f"+++ {below}\n"]:
                rows.append(row if row.endswith("\n") else row + "\n\\ No newline at end of file\n")
        return "".join(rows)


def _is_binary(data: bytes | None) -> bool:
    return data is not None and b"\0" in data[:8000]


def _lines(data: bytes | None) -> list[str]:
    """Lines by LF alone, so that a diff shows a changed CR."""
    text = (data or b"").decode("utf-8", "surrogateescape")
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]
