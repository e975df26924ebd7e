import numpy as np
import pandas as pd

from rashomon.pl.canvas import encode
from rashomon.pl.rank_conflict import rank_conflict
from tests import example_receptor_audit


def test_dots_are_the_conflicts():
    """One dot per pair and kind of pipelines, the largest conflict on top, with its interval."""
    table = example_receptor_audit.conflict()
    axes = rank_conflict(table)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["epitope |\ndonor", "epitope |\nv_gene"]
    lines, dots = axes.collections[0], axes.collections[1]
    np.testing.assert_allclose(np.asarray(dots.get_offsets()), [[0.31, 0.9], [0.61, -0.1]])
    np.testing.assert_allclose([segment[:, 0] for segment in lines.get_segments()], [[0.25, 0.37], [0.55, 0.67]])


def test_what_cannot_be_told_has_its_reason():
    """No dot is invented: the reason stands in its place, and numbers of pairs beside the others."""
    axes = rank_conflict(example_receptor_audit.conflict())
    said = [text.get_text() for text in axes.texts]
    assert "5 of 66 pairs, 10 are needed" in said
    assert said.count("610 of 780 pairs") == 1


def test_hostile_and_absent_names_are_drawn():
    """Names with broken characters are different names; an empty table is an empty panel."""
    table = example_receptor_audit.conflict("\ud800$\\frac{1")
    assert len(rank_conflict(table).get_yticklabels()) == 2
    assert encode(rank_conflict(table), kind="svg")
    assert encode(rank_conflict(table.iloc[:0]), kind="svg")


def many(conflict):
    """One row per value: pairs of columns, every second one with a control made from the sequences."""
    n = len(conflict)
    table = pd.DataFrame({"truth_a": [f"a{i}" for i in range(n)], "truth_b": "b", "pipelines": "every setting"})
    control = np.where(np.arange(n) % 2, "j_gene", None)
    return table.assign(
        n_pairs=780, n_resolved=600, conflict=conflict, low=conflict, high=conflict, reason="none", circular=control
    )


def test_long_tables_are_cut_and_counted():
    """Controls give way to other pairs; what is left out stands under the axis."""
    axes = rank_conflict(many(np.r_[np.linspace(0.9, 0.1, 9), np.nan, np.nan]), n=6)
    assert [text.get_text() for text in axes.get_yticklabels()] == [f"a{i} |\nb" for i in (0, 1, 2, 4, 6, 8)]
    assert axes.get_xlabel().endswith("only in the table: 3 more pairs and 2 that cannot be told")
    assert "only in" not in rank_conflict(many(np.linspace(0, 1, 6)), n=6).get_xlabel()


def test_one_reason_is_not_repeated():
    """Where no pair can be told, three rows say so, those without controls first."""
    axes = rank_conflict(many(np.full(40, np.nan)))
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a0 |\nb", "a2 |\nb", "a4 |\nb"]
    assert axes.get_xlabel().endswith("only in the table: 37 that cannot be told")
