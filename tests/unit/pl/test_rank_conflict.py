import numpy as np

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
