"""PARA without moving a file: a note's bucket comes from what it is for."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.index.buckets import BUCKETS
from tests.index.kit import find, vault


def _is_for(*names: str, **keys: str) -> str:
    links = ", ".join(f'"[[{name}]]"' for name in names)
    return "---\n" + (f"for: [{links}]\n" if names else "") + "".join(f"{k}: {v}\n" for k, v in keys.items()) + "---\n"


def test_a_bucket_comes_down_the_chain(tmp_path: Path) -> None:
    bench = vault(
        tmp_path / "v",
        {
            "project": _is_for(para="project"),
            "area": _is_for(para="Area"),
            "done": _is_for(para="project", status="done"),
            "old": _is_for(para="archive"),
            "for project": _is_for("project"),
            "for both": _is_for("old", "project"),
            "for old": _is_for("old", "done"),
            "for nothing": "text",
            "for what is for": _is_for("for project"),
            "for a plain note": _is_for("for nothing"),
            "own word": _is_for("project", para="archive"),
            "strange word": _is_for("area", para="whatever"),
            "only linked": "---\nup: '[[project]]'\n---\n[[project]]",
            "ring 1": _is_for("ring 2"),
            "ring 2": _is_for("ring 1"),
            "ring 3": _is_for("ring 3", "area"),
            "not a link": "---\nfor: project\n---\n",
            "with a name": "---\nfor: '[[project|mine]]'\n---\n",
        },
    )

    assert {bucket: find(bench, "--bucket", bucket) for bucket in BUCKETS} == {
        "project": ["for both", "for project", "for what is for", "project", "with a name"],
        "area": ["area", "ring 3", "strange word"],
        "resource": ["for a plain note", "for nothing", "not a link", "only linked", "ring 1", "ring 2"],
        "archive": ["done", "for old", "old", "own word"],
    }


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefp"), max_size=3)))
def test_circles_end(containers: dict[str, list[str]]) -> None:
    """A note is in the project when a chain of `for` leads there, however the chains run."""
    with TemporaryDirectory() as folder:
        notes = {name: _is_for(*above) for name, above in containers.items()} | {"p": _is_for(para="project")}
        bench = vault(Path(folder, "v"), notes)
        reached = {"p"}
        while more := {name for name, above in containers.items() if set(above) & reached} - reached:
            reached |= more

        found = set(find(bench, "--bucket", "project"))
        bench.close()

    assert found == reached
