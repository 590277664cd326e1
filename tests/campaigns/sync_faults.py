"""Every file-system call of a sync as the moment of a kill, and as an error of the disk. Needs strace.

    .venv/bin/python tests/campaigns/sync_faults.py [--modes kill,error] [--every 1] [--command COMMAND]

One clone has edits of its own, the remote others: a change to other lines, a conflict, a deletion, a rename, a new
note. For each call that touches the vault or its repository, a fresh copy of both is synced with that call failing
(EIO, ENOSPC) or killing its process, git's own included. Then the disk is well again and the same is synced
until it exits 0. Every line of both sides must be in the vault then, vault and remote must be equal, and git must
find nothing unfinished or damaged. An error must never show the inside of the program, unless Python itself cannot start.

The test suite has its own small histories with kills; this takes some minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
CALLS = (
    "openat,creat,write,writev,pwrite64,copy_file_range,sendfile,ftruncate,fallocate,fsync,fdatasync,"
    "rename,renameat,renameat2,link,linkat,symlink,unlink,unlinkat,mkdir,mkdirat,rmdir"
)
ROW = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
ENV = os.environ | {
    "PYTHONPATH": str(HERE),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "fault@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def note(name: str, *rows: str) -> str:
    return f"---\nid: {name}\n---\n" + "".join(f"{row}\n" for row in rows)


def git(folder: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=folder, env=ENV, check=True, capture_output=True).stdout.decode()


def prepare(root: Path, command: list[str]) -> set[str]:
    """A remote and a clone that both have something for the other; the lines that must survive."""
    git(root, "init", "-q", "--bare", "-b", "main", "hub.git")
    for name in ("a", "vault"):
        git(root, "clone", "-q", "hub.git", name)
        git(root / name, "symbolic-ref", "HEAD", "refs/heads/main")
        git(root / name, "remote", "set-url", "origin", "../hub.git")  # copies of both stay a pair
    a, vault = root / "a", root / "vault"
    for name in ("both", "torn", "gone", "moves"):
        (a / f"{name}.md").write_text(note(name, f"{name} one", f"{name} two", f"{name} three"))
    sync(command, a)
    sync(command, vault)
    (a / "both.md").write_text(note("both", "both ONE of a", "both two", "both three"))
    (a / "torn.md").write_text(note("torn", "torn one", "torn TWO of a", "torn three"))
    (a / "gone.md").unlink()
    (a / "in").mkdir()
    (a / "moves.md").rename(a / "in" / "moved.md")
    (a / "new.md").write_text(note("new", "new of a"))
    sync(command, a)
    (vault / "both.md").write_text(note("both", "both one", "both two", "both THREE of b"))
    (vault / "torn.md").write_text(note("torn", "torn one", "torn TWO of b", "torn three"))
    (vault / "own.md").write_text(note("own", "own of b"))
    shutil.rmtree(a)
    kept = "both ONE of a|both two|both THREE of b|torn TWO of a|torn TWO of b|moves one|new of a|own of b"
    return set(kept.split("|"))


def sync(command: list[str], vault: Path) -> None:
    subprocess.run(command, cwd=vault, env=ENV, check=True, capture_output=True, timeout=120)


def strace(
    command: list[str], vault: Path, inject: str = "", log: str = os.devnull
) -> subprocess.CompletedProcess[bytes]:
    tracer = ["strace", "-f", "-qq", "-y", "-s", "300", "-o", log, "-e", f"trace={CALLS}"]
    tracer += ["-e", f"inject={inject}"] if inject else []
    return subprocess.run([*tracer, *command], cwd=vault, env=ENV, capture_output=True, timeout=180, check=False)


def points(log: Path, root: Path) -> list[tuple[str, int]]:
    """(call, which one of its process): those that change something in the vault, its repository or the remote."""
    counted: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, int], None] = {}
    for line in log.read_text(errors="replace").splitlines():
        row = ROW.match(line)
        if not row:
            continue
        pid, call, args, _ = row.groups()
        counted[pid, call] = counted.get((pid, call), 0) + 1
        changes = call != "openat" or re.search("O_CREAT|O_TRUNC|O_WRONLY|O_RDWR", args)
        if changes and str(root) in args:
            found[call, counted[pid, call]] = None
    return sorted(found)


def problems(vault: Path, kept: set[str]) -> list[str]:
    """What is wrong once a sync has ended well."""
    texts = {
        p.relative_to(vault): p.read_text()
        for p in vault.rglob("*")
        if p.is_file() and not {".git", ".pkm"} & set(p.parts)
    }
    rows = {row for text in texts.values() for row in text.splitlines()}
    bad = [f"lost: {row}" for row in sorted(kept - rows)]
    bad += [f"markers in {path}" for path, text in texts.items() if "<<<<<<<" in text]
    if git(vault, "status", "--porcelain"):
        bad.append("git status is not clean: " + git(vault, "status", "--porcelain").strip()[:80])
    if git(vault, "rev-parse", "HEAD") != git(vault.parent / "hub.git", "rev-parse", "main"):
        bad.append("vault and remote differ")
    if subprocess.run(
        ["git", "fsck", "--no-dangling"], cwd=vault, env=ENV, capture_output=True, check=False
    ).returncode:
        bad.append("git fsck finds damage")
    return bad


def one(root: Path, command: list[str], inject: str, kept: set[str]) -> list[str]:
    work = root / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(root / "start", work, symlinks=True)
    vault = work / "vault"
    faulty = strace(command, vault, inject)
    bad = []
    if b"Traceback" in faulty.stderr and b"/pkm/" in faulty.stderr and b"importlib" not in faulty.stderr:
        bad.append("the inside is shown: " + faulty.stderr.decode(errors="replace").strip()[-160:])
    if faulty.returncode == 0 and "error" in inject and b"not synced" not in faulty.stdout + faulty.stderr:
        bad += [f"after exit 0 {each}" for each in problems(vault, kept) if each.startswith(("lost", "markers"))]
    for _ in range(3):
        well = subprocess.run(command, cwd=vault, env=ENV, capture_output=True, timeout=120, check=False)
        if well.returncode == 0:
            break
    else:
        return [*bad, f"stuck: exit {well.returncode} {well.stderr.decode(errors='replace')[-200:]}"]
    return bad + problems(vault, kept)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modes", default="kill,error")
    parser.add_argument("--every", type=int, default=1, help="only each n-th point")
    parser.add_argument("--command", default=f"{shlex.quote(sys.executable)} -m pkm sync")
    options = parser.parse_args()
    command = shlex.split(options.command)
    root = Path(tempfile.mkdtemp(prefix="pkm-faults-"))
    ENV["PYTHONPYCACHEPREFIX"] = str(root / "compiled")
    ENV.pop("PYTHONDONTWRITEBYTECODE", None)
    worst = 0
    try:
        (root / "start").mkdir()
        kept = prepare(root / "start", command)
        shutil.copytree(root / "start", root / "work", symlinks=True)
        strace(command, root / "work" / "vault", log=str(root / "log"))
        spots = points(root / "log", root / "work")[:: options.every]
        for mode in options.modes.split(","):
            faults = ("signal=KILL",) if mode == "kill" else ("error=EIO", "error=ENOSPC")
            bad, runs = [], 0
            for call, number in spots:
                for fault in faults:
                    runs += 1
                    found = one(root, command, f"{call}:{fault}:when={number}", kept)
                    bad += [f"{call}#{number} {fault}: {each}" for each in found]
            sys.stdout.write(f"{mode:5} {len(spots)} points, {runs} runs, {len(bad)} problems\n")
            sys.stdout.write("".join(f"      {each}\n" for each in bad[:40]))
            sys.stdout.flush()
            worst |= bool(bad)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
