"""Every file-system call of a writing verb as the moment of a kill, and as an error of the disk. Needs strace.

    .venv/bin/python -m tests.campaigns.verb_faults [--verbs add,edit,move,link,undo] [--modes kill,error] [--every 1]

For each call that changes something in the vault, the verb runs in a fresh copy of one small vault, with that
call killing the process, or failing (EIO, ENOSPC). After a kill each note is as it was or as it should become,
and one `pkm undo` mends what is half done. After an error, exit 0 means that all is as it should become and no
fsync of a note or its folder has failed; anything else, that all is as before, told in words. Then the index
must be what a rebuild gives.

`tests/trust/test_faults.py` does the same for plans inside one process; this takes some minutes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.campaigns import sync_faults
from tests.campaigns.crashes import ENV, Job, tree
from tests.campaigns.sync_faults import points, strace

LONG = "a line of text, and [[note-2]]\n" * 2000
JOBS = {
    job.verb: job
    for job in (
        Job("add", "add", "--title", "Another", "--tag", "one", LONG),
        Job("edit", "edit", "Note 1", "--replace", LONG),
        Job("move", "move", "Note 2", "areas/new/Moved"),
        Job("link", "link", "Note 1", "Note 2", "--as", "extends", "--why", "it goes on from there"),
        Job("undo", "undo"),
    )
}


def prepare(vault: Path) -> None:
    """Three notes that link to one that will move, and a change of several files that can be undone."""
    vault.mkdir()
    Job("", "init", "-q").run(vault)
    for number in (1, 2, 3):
        Job("", "add", "--title", f"Note {number}", "-", stdin=f"To [[note-2]] and [[note-3]].\n{number}\n" * 40).run(
            vault
        )
    Job("", "move", "Note 3", "areas/Third").run(vault)


def one(start: Path, work: Path, job: Job, inject: str, wanted: dict[str, bytes]) -> list[str]:
    """What is wrong after the verb has met one fault."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(start, work)
    before, bad = tree(work), []
    log = f"{work}.log"
    done = strace([sys.executable, "-m", "pkm", *job.argv], work, inject, log)
    found = tree(work)
    if b"Traceback" in done.stderr:
        bad.append("the inside is shown: " + done.stderr.decode(errors="replace")[-160:])
    if "KILL" in inject:
        bad += _after_a_kill(job, work, before, wanted, found)
    elif done.returncode == 0:
        if found != wanted:
            bad.append("exit 0, and the notes are not as they should be")
        if _promised_in_vain(Path(log), work):
            bad.append("exit 0 in spite of a failed fsync")
    elif found not in (before, wanted):
        bad.append(f"exit {done.returncode}, and the notes are neither as before nor as they should be")
    elif done.returncode != 5 or done.stderr.count(b"\n") < 2:
        bad.append(f"exit {done.returncode}: {done.stderr.decode(errors='replace')[-160:]}")
    return bad + _index_differs(work)


def _after_a_kill(
    job: Job, work: Path, before: dict[str, bytes], wanted: dict[str, bytes], found: dict[str, bytes]
) -> list[str]:
    texts = {*before.values(), *wanted.values()}  # one that is rewritten and then moved may be at either name
    bad = [f"strange: {path}" for path in found if found[path] not in texts]
    bad += [f"missing: {path}" for path in before.keys() & wanted.keys() - found.keys()]
    if found not in (before, wanted):
        code, said = Job("", "undo").run(work)
        if tree(work) != (wanted if job.verb == "undo" else before):
            bad.append(f"half done, and undo does not mend it: exit {code} {said[-160:]}")
    return bad


def _promised_in_vain(log: Path, work: Path) -> bool:
    """Whether a note, or the folder of one, could not be made durable."""
    for line in log.read_text(errors="replace").splitlines():
        if "(INJECTED)" in line and "sync(" in line and f"<{work}" in line and ".pkm" not in line:
            return True
    return False


def _index_differs(work: Path) -> list[str]:
    dumped = Job("", "index", "dump").run(work)
    Job("", "index", "rebuild", "-q").run(work)
    again = Job("", "index", "dump").run(work)
    return [] if dumped == again and again[0] == 0 else [f"the index is not what a rebuild gives: {dumped[1][-160:]}"]


def main() -> int:
    """Sweep the verbs; exit code 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbs", default=",".join(JOBS))
    parser.add_argument("--modes", default="kill,error")
    parser.add_argument("--every", type=int, default=1, help="only each n-th point")
    options = parser.parse_args()
    sync_faults.ENV.update(ENV)  # the clock stands still, so that a note gets the same id each time
    worst = 0
    with tempfile.TemporaryDirectory(prefix="pkm-faults-") as folder:
        start, work = Path(folder) / "start", Path(folder) / "work"
        prepare(start)
        for verb in options.verbs.split(","):
            job = JOBS[verb]
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(start, work)
            strace([sys.executable, "-m", "pkm", *job.argv], work, log=f"{folder}/log")
            wanted = tree(work)
            spots = points(Path(folder) / "log", work)[:: options.every]
            for mode in options.modes.split(","):
                faults = ("signal=KILL",) if mode == "kill" else ("error=EIO", "error=ENOSPC")
                bad = [
                    f"{call}#{number} {fault}: {each}"
                    for call, number in spots
                    for fault in faults
                    for each in one(start, work, job, f"{call}:{fault}:when={number}", wanted)
                ]
                sys.stdout.write(f"{verb:5} {mode:5} {len(spots)} points, {len(bad)} problems\n")
                sys.stdout.write("".join(f"      {each}\n" for each in bad[:20]))
                sys.stdout.flush()
                worst |= bool(bad)
    return worst


if __name__ == "__main__":
    sys.exit(main())
