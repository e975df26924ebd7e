"""Expanded clones, receptor clusters and clones: positions are the numbers of the tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from rashomon.pl.paired import paired
from rashomon.pl.style import ACCENT


def states(n=3, *, told=True):
    """Clusters c0, c1, ..., the last one the largest."""
    value = np.arange(n) * 2.0 if told else np.full(n, np.nan)
    return pd.DataFrame(
        {
            "expression_cluster": [f"c{i}" for i in range(n)], "n_cells": 10 * np.arange(1, n + 1),
            "n_expanded": np.arange(n), "observed": value, "expected": value / 2, "q": np.where(value > 3, 0.01, 0.8),
        }
    )  # fmt: skip


PAIRS = pd.DataFrame(
    {
        "expression_cluster": ["c0", "c2", "c2"], "receptor_cluster": [7, 7, 4], "receptors": ["A", "A", "B"],
        "n_clonotypes": [9, 9, 3], "observed": [6, 3, 2], "q": [0.01, 0.9, 0.2],
    }
)  # fmt: skip
CLONES = pd.DataFrame({"n_cells": [2, 2, 10], "main_share": [0.5, 0.5, 0.9], "expected_share": [0.6, 0.6, 0.3]})


def places(panel):
    """Points of all scatter layers, those of found ones first; lines are no points."""
    layers = [layer for layer in panel.collections if isinstance(layer, PathCollection)]
    return [layer.get_offsets().data.tolist() for layer in layers if len(layer.get_offsets())]


def test_numbers_stand_where_the_tables_say():
    """Largest cluster first; filled where in excess; receptor clusters with the smallest rate first."""
    first, second, third = paired(states(), PAIRS, CLONES)
    assert [text.get_text() for text in first.get_yticklabels()] == ["c2 (30)", "c1 (20)", "c0 (10)"]
    assert [[4.0, 0.0]] in places(first)
    assert [[2.0, 1.0], [0.0, 2.0]] in places(first)
    assert [text.get_text() for text in second.get_xticklabels()] == ["A (9)", "B (3)"]
    assert places(second) == [[[0.0, 2.0]], [[0.0, 0.0], [1.0, 0.0]]]
    filled = next(layer for layer in second.collections if isinstance(layer, PathCollection)).get_facecolor()[0]
    assert filled[:3].tolist() == pytest.approx([int(ACCENT[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    assert [text.get_text() for text in second.texts] == ["6", "3", "2"]
    assert places(third) == [[[2.0, 0.5], [10.0, 0.9]]]
    assert third.lines[0].get_xydata().tolist() == [[2.0, 0.6], [10.0, 0.3]]


def test_what_was_not_tested_is_counted():
    """Without expected numbers the expanded clones are drawn hollow; empty tables say what is missing."""
    first, second, third = paired(states(told=False), PAIRS.iloc[:0], CLONES.iloc[:0])
    assert places(first) == [[[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]]
    assert second.texts[0].get_text() == "no receptor cluster"
    assert third.texts[0].get_text() == "no clone of two cells"


def test_many_clusters_are_cut():
    """Thirty rows and sixteen columns at most, and the axis says how many are left out."""
    many = pd.concat([PAIRS.assign(receptor_cluster=i, expression_cluster="c39") for i in range(20)])
    first, second, _ = paired(states(40), many, CLONES)
    assert len(first.get_yticks()) == 30
    assert len(second.get_xticks()) == 16
    assert second.get_xlabel() == "receptor cluster (clonotypes); 4 more in the table"
    assert any(ax.get_xlabel() == "10 smaller clusters are not shown" for ax in first.figure.axes)
