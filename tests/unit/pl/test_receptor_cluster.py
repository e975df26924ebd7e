import numpy as np
import pandas as pd
import pytest

from rashomon.pl.canvas import encode
from rashomon.pl.receptor_cluster import receptor_clusters


def table(n=5, name=""):
    """Clusters from small to large."""
    return pd.DataFrame(
        {
            "name": [f"c{i}{name}" for i in range(n)],
            "n": np.arange(2, n + 2),
            "verdict": [f"chained{name}"] * n,
            "top_donor": [f"mouse_subject{i:04d}{name}" for i in range(n)],
            "top_donor_share": np.linspace(0.2, 1, n),
            "top_v": f"TRBV7{name}",
            "v_share": 1.0,
            "label": f"GILGFVFTL{name}",
            "label_share": np.linspace(0, 1, n),
            "label_q": np.where(np.arange(n) % 2, 0.01, np.nan),
        }
    )


def test_largest_clusters_come_first():
    """Rows are ordered by size; those that are not drawn are counted."""
    panels = receptor_clusters(table(50), n=10)
    assert [text.get_text() for text in panels[0].get_yticklabels()] == [f"c{i}" for i in range(49, 39, -1)]
    (outer,) = [axes for axes in panels[0].figure.axes if panels[0] in axes.child_axes]
    assert "40 smaller clusters are not shown" in outer.get_xlabel()
    assert panels[0].get_xscale() == "log"


def test_enriched_labels_are_filled():
    """A dot is filled where the label is enriched, hollow where it is not or nobody could tell."""
    *_, panel = receptor_clusters(table())
    filled, hollow = (np.asarray(layer.get_offsets()) for layer in panel.collections[-2:])
    assert sorted(filled[:, 0]) == [0.25, 0.75]
    assert sorted(hollow[:, 0]) == [0, 0.5, 1]


def test_long_names_keep_both_ends():
    """Donors that differ at the end stay apart; the word stands beside the last panel."""
    _, donors, _, labels = receptor_clusters(table())
    assert [text.get_text() for text in donors.texts][:2] == ["mouse…t0004", "mouse…t0003"]
    assert [text.get_text() for text in labels.texts].count("chained") == 5


@pytest.mark.parametrize("n", [0, 1])
def test_few_clusters_and_hostile_names_are_drawn(n):
    """No cluster is an empty panel; names are shown as they are; shares that nobody knows are said to be unknown."""
    rows = table(n, "$\\frac{1\u202e").assign(top_donor_share=np.nan, top_donor="")
    panels = receptor_clusters(rows)
    assert [text.get_text() for text in panels[1].texts] == ["not known"] * n
    assert [text.get_text() for text in panels[0].texts] == ["2"] * n
    assert encode(panels[0], kind="svg")
