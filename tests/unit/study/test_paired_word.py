"""Sentences of the paired part: each number has its words, and what is not known says so."""

import numpy as np
import pandas as pd
import pytest

from rashomon.study.paired_table import AGREEMENT, AMONG, COHERENCE
from rashomon.study.paired_word import paired_sentences


def tables(
    *, agreement=(0.4, 0.2, 1.2, 0.005), coherence=(0.8, 0.7, 0.9, 0.5, 0.01), among=(0.6, 0.4), q=0.001, donors="donor"
):
    """Tables by hand."""
    nothing = (np.nan, np.nan, np.nan, np.nan)
    rows = [
        (AGREEMENT, *(agreement or nothing)[:3], 0.0, (agreement or nothing)[3], "cannot tell: so few"),
        (COHERENCE, *coherence, ""),
        (AMONG, 0.8, np.nan, np.nan, *among, ""),
    ]
    columns = ["quantity", "value", "low", "high", "shuffled", "p", "reason"]
    steps = [("with expression", 1500, ""), ("with receptors", 900, ""), ("with both", 800, "")]
    steps += [("left out", 5, "no junction"), ("used", 795, "")]
    states = {"expression_cluster": ["3", "5", "9"], "observed": [9.0, 7.5, 1.0], "expected": [2.0, 3.0, 4.0]}
    return {
        "paired_counts": pd.DataFrame(steps, columns=["step", "n_cells", "reason"]),
        "paired": pd.DataFrame(rows, columns=columns).assign(donors=donors),
        "paired_states": pd.DataFrame({**states, "p": [0.001, 0.002, 1.0], "q": [q, q, 1.0], "reason": ""}),
        "paired_clones": pd.DataFrame({"clone": [1, 2]}),
        "paired_clusters": pd.DataFrame({"expression_cluster": ["5", "3"], "q": [0.01, 0.5]}),
    }


def test_every_part_has_a_sentence():
    """Counts, expanded clones, clones, receptor clusters."""
    counted, expanded, alike, agreeing = paired_sentences(tables())
    assert counted == (
        "Cells: 1,500 with expression, 900 with receptors, 800 with both. 795 were compared (5 left out, no junction); "
        "2 clonotypes have two of them or more."
    )
    assert expanded == (
        "Expanded clones sit in clusters 3 and 5 (9 where 2 are expected, 7.5 where 3 are expected, within donors)."
    )
    assert alike == (
        "On average a clone has 80 % of its cells in one cluster, 70 to 90 % (50 % if cells of the same donors were "
        "shuffled; p = 0.01): cells of a clone are more alike than cells of a donor; not than cells of other "
        "clones of two cells or more (60 %; p = 0.4): where those sit may explain it."
    )
    assert agreeing == (
        "Receptor clusters say something about the expression cluster beyond the donor (0.40 of 1, 0.20 to 1.00; "
        "p = 0.005). Receptor clusters that stand out are in cluster 5."
    )


@pytest.mark.parametrize(
    ("settings", "place", "said"),
    [
        ({"q": 0.2}, 1, "No cluster holds more expanded clones than"),
        (
            {"coherence": (0.8, np.nan, np.nan, 0.7, 0.3)},
            2,
            "(70 % if cells of the same donors were shuffled; p = 0.3): no more",
        ),
        ({"among": (0.6, 0.01)}, 2, "and than cells of other clones of two cells or more (60 %; p = 0.01)."),
        ({"among": (np.nan, np.nan)}, 2, "which may be because expanded clones sit in few clusters."),
        (
            {"agreement": (0.01, -0.02, 0.04, 0.4)},
            3,
            "Receptor clusters say nothing about the expression cluster beyond",
        ),
        (
            {"agreement": (0.01, -0.02, 0.14, 0.4)},
            3,
            "No relation of receptor clusters and expression clusters was found",
        ),
        (
            {"agreement": (0.01, np.nan, np.nan, 0.4)},
            3,
            "No relation of receptor clusters and expression clusters was found",
        ),
        ({"agreement": None}, 3, "Whether receptor clusters follow expression clusters: cannot tell: so few."),
        ({"donors": ""}, 1, "No donor is named, so what follows may be a difference between donors"),
        ({"donors": ""}, 4, "Receptor clusters say something about the expression cluster (0.40 of 1"),
    ],
)
def test_words_follow_the_numbers(settings, place, said):
    """Absence of a relation is claimed only where the interval lies below 0.05."""
    assert said in paired_sentences(tables(**settings))[place]


def test_receptor_genes_are_noted():
    """The trip-wire is repeated where it fired, and only then."""
    wires = pd.DataFrame({"tripwire": ["receptor_genes"], "status": ["fired"], "said": ["9 genes"]})
    assert paired_sentences({**tables(), "tripwires": wires})[-1] == (
        "Receptor genes are in the expression, so its clusters may follow the receptor itself: 9 genes."
    )
    quiet = {**tables(), "tripwires": wires.assign(status="quiet")}
    assert paired_sentences(quiet) == paired_sentences(tables())


def test_other_audits_say_nothing():
    """Without the tables there are no sentences."""
    assert paired_sentences({}) == ()
