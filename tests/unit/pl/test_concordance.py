import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rashomon.pl import encode
from rashomon.pl.concordance import marker_concordance


def clusters(k=3):
    return pd.DataFrame({"name": [f"{i} (T)" for i in range(k)], "size": [1200 - i for i in range(k)]})


def markers(**changed):
    rows = [(0, f"G{i}", 0.95 - 0.01 * i, 1.0 - 0.1 * (i % 10), 3, 4, True) for i in range(12)]
    rows += [(2, "CD3D", 0.9, 0.25, 0, 0, False), (2, "ENSG00000123456", 0.99, 0.75, 0, 0, False)]
    columns = ["cluster", "gene", "auroc", "kept_pipelines", "kept_donors", "n_donors", "held_out"]
    return pd.DataFrame(rows, columns=columns).assign(**changed)


def genes(panel):
    return [(text.get_text(), *text.get_position()) for text in panel.texts]


def offsets(layer):
    return np.asarray(layer.get_offsets()).round(6).tolist()


def test_the_best_eight_are_named_in_order():
    """Genes stand from the largest AUROC to the smallest, in the row of their cluster; long names keep their ends."""
    left, _ = marker_concordance(markers(), clusters())
    assert genes(left)[:8] == [(f"G{i}", i, 0) for i in range(8)]
    assert genes(left)[8:10] == [("ENS…123456*", 0, 2), ("CD3D*", 1, 2)]
    assert [text.get_text() for text in left.get_yticklabels()] == [f"{i} (T), {1200 - i:,} cells" for i in range(3)]


def test_colours_are_the_share_that_is_kept():
    """Every square holds the share of the pipelines, on one fixed scale; places without a gene are empty."""
    left, _ = marker_concordance(markers(), clusters())
    mesh = left.collections[0]
    drawn = np.ma.filled(mesh.get_array().reshape(3, 8), np.nan)
    np.testing.assert_allclose(drawn[0], 1.0 - 0.1 * np.arange(8))
    np.testing.assert_allclose(drawn[2, :2], [0.75, 0.25])
    assert np.isnan(drawn[1]).all()
    assert np.isnan(drawn[2, 2:]).all()
    assert mesh.get_clim() == (0, 1)


def test_a_cluster_without_markers_keeps_its_row():
    """It is named, and said to have none."""
    left, _ = marker_concordance(markers(), clusters())
    assert ("no marker", -0.4, 1) in genes(left)


def test_circular_markers_have_a_star_that_is_explained():
    """A star only where the counts made the labels, and the sentence only where there is a star."""
    left, _ = marker_concordance(markers(), clusters())
    assert sum(text.endswith("*") for text, *_ in genes(left)) == 2
    (outer,) = [one for one in left.figure.axes if left in one.child_axes]
    assert "*: tested on the counts that made the labels" in outer.get_xlabel().replace("\n", " ")
    left, _ = marker_concordance(markers(held_out=True), clusters())
    (outer,) = [one for one in left.figure.axes if left in one.child_axes]
    assert "*" not in outer.get_xlabel()


def test_means_of_the_named_genes_stand_at_the_right():
    """A dot for other settings, a diamond for the donors that can say; none where nobody can."""
    _, right = marker_concordance(markers(), clusters())
    dots, diamonds = right.collections
    assert offsets(dots) == [[0.65, 0.0], [0.5, 2.0]]
    assert offsets(diamonds) == [[0.75, 0.0]]


def test_what_no_pipeline_told_is_grey():
    """Without pipelines the genes stay named, on grey, and nothing is drawn at the right."""
    left, right = marker_concordance(markers(kept_pipelines=np.nan, n_donors=0), clusters())
    assert len(left.patches) == 10
    assert [text.get_text() for text in right.texts] == ["not known"]
    (outer,) = [one for one in left.figure.axes if left in one.child_axes]
    assert outer.get_xlabel().endswith("grey: no pipeline ran")


@pytest.mark.parametrize("k", [1, 40])
def test_every_number_of_clusters_has_room(k, tmp_path):
    """Rows have the same height; the picture is the same twice, and saved where it is told."""
    axes = Figure(figsize=(11, 4)).add_subplot()
    table = markers().query("cluster < @k")
    panels = marker_concordance(table, clusters(k), item="receptor", ax=axes, save=tmp_path / "a.svg")
    assert axes.child_axes == panels
    assert panels[0].get_yticklabels()[0].get_text().endswith("receptors")
    assert encode(marker_concordance(table, clusters(k))[0], kind="svg") == encode(
        marker_concordance(table, clusters(k))[0], kind="svg"
    )
    tall = marker_concordance(table, clusters(k))[0].figure.get_size_inches()[1]
    assert tall == pytest.approx(1.9 + 0.3 * max(2, k))


def test_hostile_names_are_drawn():
    """Genes and clusters full of mathematics and markup are text."""
    named = clusters().assign(name=["$\\frac{1", "_x", "<b>\u202e"])
    assert encode(marker_concordance(markers(gene="$$\\x_"), named)[0], kind="svg")
