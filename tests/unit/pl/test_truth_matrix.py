import numpy as np
import pandas as pd
import pytest

from rashomon.pl.canvas import encode
from rashomon.pl.truth_matrix import truth_matrix


def table(n=8):
    """Three truths whose best pipelines differ."""
    values = {"epitope": 0.5 + np.arange(n) / (2 * n), "donor": 0.4 - np.arange(n) / (4 * n), "hla": np.full(n, np.nan)}
    rows = [(name, f"chain=vdj | cutoff={i}", value) for name, row in values.items() for i, value in enumerate(row)]
    return pd.DataFrame(rows, columns=["truth", "pipeline", "value"])


def test_rows_and_columns_are_sorted():
    """Truths from the highest mean, pipelines by the first of them; what all pipelines share is not written."""
    axes = truth_matrix(table().sample(frac=1, random_state=1))
    assert [text.get_text() for text in axes.get_yticklabels()] == ["epitope", "donor", "hla"]
    assert [text.get_text() for text in axes.get_xticklabels()] == [f"cutoff={i}" for i in range(8)]
    drawn = axes.collections[0].get_array().reshape(3, 8)
    np.testing.assert_allclose(drawn[0], np.sort(drawn[0]))
    assert drawn.mask[2].all()


def test_values_are_written_where_there_is_room():
    """Up to twelve pipelines have their numbers; the best of a row is marked in either case."""
    few, many = truth_matrix(table(8)), truth_matrix(table(60))
    assert [text.get_text() for text in few.texts[:2]] == ["0.50", "0.56"]
    assert not many.texts
    assert not [text for text in many.get_xticklabels() if text.get_text()]
    for axes, n in ((few, 8), (many, 60)):
        marks = [tuple(layer.get_offsets()[0]) for layer in axes.collections[1:]]
        assert [x for x, _ in marks] == [n - 0.5, 0.5]


def test_broken_names_are_different_names():
    """Names that pandas takes for one are rows of their own."""
    broken = table().replace({"truth": {"epitope": "a\ud800", "donor": "b\ud800"}})
    axes = truth_matrix(broken)
    assert len(axes.get_yticklabels()) == 3
    assert encode(axes, kind="svg")


@pytest.mark.parametrize("rows", [slice(0, 0), slice(0, 1), slice(16, 24)])
def test_nothing_to_draw_is_drawn(rows):
    """An empty table, one square, and only missing values."""
    assert encode(truth_matrix(table().iloc[rows]), kind="png")


def test_ties_are_all_marked_and_nothing_is_not():
    """Pipelines that agree alike are all the best; a row that no pipeline serves has no mark, and stays dark."""
    rows = [("epitope", i, value) for i, value in enumerate((0.02, 0.061, 0.06))]
    rows += [("donor", i, value) for i, value in enumerate((0.0, 0.001, -0.002))]
    axes = truth_matrix(pd.DataFrame(rows, columns=["truth", "pipeline", "value"]))
    mesh, *marks = axes.collections
    assert [sorted(layer.get_offsets()[:, 0]) for layer in marks] == [[1.5, 2.5]]
    assert mesh.get_clim() == (0.0, 0.1)
