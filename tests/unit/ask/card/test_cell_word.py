"""The word for a cluster of cells."""

from dataclasses import replace

import pytest

from rashomon.ask.card.cell_word import CELL_WORDS, CellFacts, judge_cells
from rashomon.ask.stability.verdict import VERDICTS

GOOD = CellFacts(
    n=300, back="comes back", above_null=True, separation="separate", nearest="B", n_donors=7, n_able=8, top_donor="P1"
)


def word(**changes):
    """The word for a good cluster with changes."""
    return judge_cells(replace(GOOD, **changes))


def test_a_cluster_that_passes_everything_holds():
    """Holds is said with the donors it was seen in."""
    found = word()
    assert (found.verdict, found.detail) == ("holds", "in 7 of 8 donors")


@pytest.mark.parametrize(
    ("changes", "expected", "detail"),
    [
        (
            {"n": 9, "back": "cannot tell", "detail": "(9 cells; 20 are needed)"},
            "too little data",
            "(9 cells; 20 are needed)",
        ),
        ({"back": "cannot tell", "detail": "(found in 55 %)"}, "cannot tell", "(found in 55 %)"),
        ({"doublet_of": ("A", "B")}, "probably doublets", "of A and B"),
        ({"technical": "follows depth"}, "reproducible but technical", "(follows depth)"),
        ({"separation": "one population"}, "should merge", "with B"),
        ({"back": "merges", "detail": "with C"}, "should merge", "with C"),
        (
            {"back": "merges", "detail": "with B"},
            "does not come back",
            "(repeats join it with B, though a gap separates it)",
        ),
        ({"back": "splits", "detail": "into 2 parts"}, "splits", "into 2 parts"),
        ({"back": "only under", "detail": "n_pcs = 50"}, "appears only with", "n_pcs = 50"),
        ({"above_null": False, "null_said": "(.6, null .8)"}, "not more than chance", "(.6, null .8)"),
        ({"back": "does not come back", "detail": "(found in 10 %)"}, "does not come back", "(found in 10 %)"),
        ({"n_donors": 1}, "holds, but only in", "donor P1"),
        ({"n_donors": 3}, "holds, but only in", "3 of 8 donors"),
        ({"separation": "gradient"}, "a step on a gradient", "with B, or overlaps it"),
        ({"n_donors": 1, "n_able": 1}, "holds", "in this sample; says nothing about other people"),
    ],
)
def test_each_finding_has_its_word(changes, expected, detail):
    """What speaks against a cluster is said instead of holds."""
    found = word(**changes)
    assert (found.verdict, found.detail) == (expected, detail)


@pytest.mark.parametrize("changes", [{"above_null": None}, {"separation": ""}, {"separation": "cannot tell"}])
def test_what_was_not_shown_is_not_claimed(changes):
    """Without a null, or without a test of separation, a cluster only comes back, and it is said what is missing."""
    found = word(**changes)
    assert found.verdict == "comes back"
    assert found.detail


@pytest.mark.parametrize("back", VERDICTS)
@pytest.mark.parametrize("above", [True, False, None])
@pytest.mark.parametrize("separation", ["separate", "one population", "gradient", "cannot tell", ""])
def test_every_finding_has_a_word(back, above, separation):
    """No combination is left without a word, and only what passed everything holds."""
    found = word(back=back, above_null=above, separation=separation)
    assert found.verdict in CELL_WORDS
    assert (found.verdict == "holds") == (back == "comes back" and above is True and separation == "separate")


def test_clusters_with_a_gap_are_not_merged_because_repeats_join_them():
    """The card agrees with the recommended labelling, which keeps them apart."""
    facts = replace(GOOD, back="merges", detail="with B", back_action="treat them as one group")
    assert judge_cells(facts).action == "do not merge them; a finer resolution finds it more often"
    assert judge_cells(replace(facts, separation="")).action.startswith("treat them as one")
