"""What a link is for is told by where it stands."""

from __future__ import annotations

import numpy as np

from pkm.sense.suggest.candidates import FEATURES
from pkm.sense.suggest.evidence import collect
from pkm.sense.suggest.facts import gather
from pkm.sense.suggest.kin import kin_link_as, links_kin_as
from pkm.sense.suggest.roles import ROLES
from pkm.sense.suggest.view import View, hide
from tests.sense.suggest.vaults import corpus

PROPERTY, LIST, TEXT = range(3)
OTHERS = {f"other {number}.md": f"chord{number} tempo{number} octave{number}" for number in range(8)}


def test_a_link_is_a_property_an_item_or_part_of_a_sentence() -> None:
    places = {
        "front.md": ('---\nup: "[[hub]]"\n---\nSome words that say what it is.', PROPERTY),
        "alone.md": ("up:: [[hub]]\n\nSome words that say what it is.", PROPERTY),
        "item.md": ("Here is what belongs together:\n\n- [[hub]]", LIST),
        "told.md": ("- [[hub]] is told about in a sentence of its own", TEXT),
        "said.md": ("There was a [[hub]] before any of these was written.", TEXT),
    }
    vault = corpus({"hub.md": "The middle of it.", **{path: text for path, (text, _) in places.items()}, **OTHERS})
    facts = gather(vault)

    said = {vault.numbers[path]: role for path, (_, role) in places.items()}

    assert dict(zip(facts.encoded.source.tolist(), facts.role.tolist(), strict=True)) == said


def test_who_files_below_a_parent_is_told_from_who_speaks_of_it() -> None:
    """Two notes about soil: one is filed below the garden and speaks of the tide. So might the other."""
    vault = corpus(
        {
            "beds.md": '---\nup: "[[garden]]"\n---\nsoil compost worm spade, unlike the [[tide]] of the sea',
            "borders.md": "soil compost worm spade in autumn",
            "garden.md": "hedge gate path",
            "tide.md": "rudder keel anchor",
            **OTHERS,
        }
    )
    beds, borders, garden, tide = (vault.numbers[f"{name}.md"] for name in ("beds", "borders", "garden", "tide"))
    e = collect(View.whole(gather(vault)))
    every = np.arange(len(vault))

    filed, spoken = kin_link_as(PROPERTY, e, every)[borders], kin_link_as(TEXT, e, every)[borders]
    back = links_kin_as(PROPERTY, e, every)[garden]

    assert filed[garden] > 5 * abs(filed[tide])
    assert spoken[tide] > 5 * abs(spoken[garden])
    assert not kin_link_as(LIST, e, every).any()
    assert back[beds] > 0 == back[borders]
    assert e.roles.count_in[PROPERTY][garden] > 0
    assert e.roles.count_in[TEXT][garden] == 0


def test_a_hidden_link_has_no_role() -> None:
    facts = gather(corpus({"a.md": "- [[b]]", "b.md": "all that there is", **OTHERS}))
    a, b = facts.corpus.numbers["a.md"], facts.corpus.numbers["b.md"]

    e = collect(hide(facts, np.array([min(a, b) * facts.notes + max(a, b)]), np.array([True])))

    assert [links.nnz for links in e.roles.out] == [0, 0, 0]


def test_a_vault_whose_links_show_no_word_has_roles() -> None:
    facts = gather(corpus({f"{number}.md": "[[+]]" for number in range(12)} | {"+.md": "!"}))

    assert len(facts.role) == len(facts.encoded.source)


def test_a_large_vault_does_not_ask_for_roles() -> None:
    assert any(name.endswith(f"as {ROLES[PROPERTY]}") for name in FEATURES[False])
    assert not any(name.endswith(tuple(f"as {role}" for role in ROLES)) for name in FEATURES[True])
