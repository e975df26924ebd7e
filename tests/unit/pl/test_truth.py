import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure

from rashomon.pl import encode, truth_agreement
from tests import example_audit


def names(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


def test_rows_are_ranked_and_circular_truths_come_last():
    """The highest agreement is on top; what cannot win stands below all others, says why, and is hatched."""
    axes = truth_agreement(example_audit.truths(), example_audit.truth_matrix())
    assert [name.split("\n")[0] for name in names(axes)] == ["cell_type", "protein_gate", "batch", "site", "phase"]
    assert names(axes)[-1] == "phase\nmade from the same matrix"
    assert names(axes)[2] == "batch\ntechnical"
    (band,) = [patch for patch in axes.patches if patch.get_hatch()]
    assert sorted(band.get_extents().intervaly) == pytest.approx(
        axes.transData.transform([[0, 3.54], [0, 4.46]])[:, 1][::-1].tolist()
    )


def test_judged_values_are_where_the_table_says():
    """The diamonds stand at the values of the table."""
    axes = truth_agreement(example_audit.truths(), example_audit.truth_matrix())
    (diamonds,) = [layer for layer in axes.collections if layer.get_label() == "judged"]
    x = np.asarray(diamonds.get_offsets())[:, 0]
    assert x[np.isfinite(x)].tolist() == [0.78, 0.66, 0.04, 0.09]


def test_undefined_value_says_why():
    """A truth without a value keeps its row, with the reason in words."""
    axes = truth_agreement(example_audit.truths())
    assert [text.get_text() for text in axes.texts] == ["no value: the truth has one class"]


def test_every_pipeline_is_one_light_dot():
    """The strip of a truth holds its pipelines, above all inside its own row."""
    matrix = example_audit.truth_matrix()
    axes = truth_agreement(example_audit.truths(), matrix)
    strips = [layer for layer in axes.collections if isinstance(layer, PathCollection) and layer.get_alpha()]
    assert sum(len(layer.get_offsets()) for layer in strips) == len(matrix)
    for row, strip in enumerate(strips):
        lanes = np.asarray(strip.get_offsets())[:, 1]
        assert lanes.size == 0 or (lanes > row).all() & (lanes < row + 0.5).all()


def test_legend_explains_only_what_is_drawn():
    """Without pipelines and ceiling there is no entry for them."""
    bare = example_audit.truths().assign(attainable=np.nan)
    legend = truth_agreement(bare).get_legend()
    assert [text.get_text().split(":")[0].split(",")[0] for text in legend.get_texts()] == [
        "judged clusters",
        "shuffled labels",
    ]
    full = truth_agreement(example_audit.truths(), example_audit.truth_matrix()).get_legend()
    assert len(full.get_texts()) == 4


def test_shuffled_labels_reach_from_their_mean_to_their_upper_point():
    """The control is a line with the two numbers of the table as its ends."""
    axes = truth_agreement(example_audit.truths())
    segments = [layer.get_segments() for layer in axes.collections if isinstance(layer, LineCollection)]
    assert [list(segments[0][0][:, 0]), segments[0][0][0, 1] < 0] == [[0.0, 0.004], True]


def test_axes_of_the_caller_are_drawn_into(tmp_path):
    """Given axes come back, and the file is written."""
    mine = Figure().add_subplot()
    assert truth_agreement(example_audit.truths(), ax=mine, save=tmp_path / "a.svg") is mine
    assert (tmp_path / "a.svg").read_bytes() == encode(mine, kind="svg")
