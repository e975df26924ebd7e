"""Repeats become rungs: best granularity, rates, settings."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.stability.rung import PIPELINES, best_granularity, rung_table, rung_words, setting_table
from rashomon.perturb import PERTURBATIONS

MATCHES = pd.DataFrame(
    [
        (0, "p", 1.0, 0.4),
        (0, "p", 0.5, 0.9),
        (1, "p", 1.0, 0.7),
        (1, "p", 0.5, 0.2),
        (0, "q", 1.0, np.nan),
        (0, "q", 0.5, 0.1),
    ],
    columns=["cluster", "pipeline", "resolution", "jaccard"],
)


def test_the_best_granularity_counts():
    """Each cluster keeps its best resolution per repeat; unknown is worse than poor."""
    best = best_granularity(MATCHES, by="pipeline")
    assert best[["pipeline", "cluster", "resolution", "jaccard"]].values.tolist() == [
        ["p", 0, 0.5, 0.9],
        ["p", 1, 1.0, 0.7],
        ["q", 0, 0.5, 0.1],
    ]


def test_a_repeat_can_have_several_names():
    """With two columns, each combination is a repeat."""
    table = pd.concat([MATCHES.assign(seed=0), MATCHES.assign(seed=1)])
    assert len(best_granularity(table, by=["pipeline", "seed"])) == 6


def test_rates_intervals_and_counts():
    """The rate counts matches of one half or more, the interval spans the repeats, unknown repeats are left out."""
    best = pd.DataFrame({"cluster": [0] * 5 + [1], "jaccard": [0.5, 0.49, 1.0, 0.6, np.nan, np.nan]})
    table = rung_table(best, rung="halves")
    assert table["cluster"].tolist() == [0]
    row = table.loc[0]
    assert (row["rung"], row["n"], row["recovered"], row["decides"]) == ("halves", 4, 0.75, True)
    assert row["jaccard"] == pytest.approx(0.6475)
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile([0.5, 0.49, 1.0, 0.6], [0.025, 0.975])))
    assert not rung_table(best, rung="x", decides=False)["decides"].any()


def test_an_empty_rung_has_its_columns():
    """No repeats, no rows."""
    table = rung_table(MATCHES[:0], rung="seed")
    assert table.empty
    assert list(table) == ["cluster", "rung", "n", "recovered", "jaccard", "low", "high", "decides"]


PIPELINE_TABLE = pd.DataFrame(
    {
        "cluster": 0,
        "jaccard": [1.0, 0.6, 0.1, 0.2, 0.9],
        "normalise": ["log", "log", "log", "log", "pearson"],
        "scale": ["clip", "clip", "none", "none", None],
        "n_pcs": [20, 50, 20, 50, 50],
        "fixed": 1,
    }
)


def test_settings_compare_a_level_with_the_others():
    """The rate with a level stands beside the rate of the pipelines that chose another; nobody else is asked."""
    table = setting_table(PIPELINE_TABLE, choices=["scale", "n_pcs", "fixed"]).set_index(["choice", "level"])
    assert table.loc[("scale", "clip"), ["recovered", "elsewhere", "n"]].tolist() == [1.0, 0.0, 2]
    assert table.loc[("scale", "none"), ["recovered", "elsewhere", "n"]].tolist() == [0.0, 1.0, 2]
    assert table.loc[("n_pcs", 50), ["recovered", "elsewhere", "n"]].tolist() == pytest.approx([2 / 3, 1 / 2, 3])
    assert "fixed" not in table.index.get_level_values("choice")


def test_settings_leave_out_what_is_unknown():
    """A pipeline in which the cluster had no items is not counted as having lost it."""
    table = PIPELINE_TABLE.assign(jaccard=[1.0, np.nan, 0.1, 0.2, 0.9])
    found = setting_table(table, choices=["scale"]).set_index("level")
    assert found.loc["clip", ["recovered", "n"]].tolist() == [1.0, 1]


@pytest.mark.parametrize("rung", [PIPELINES, *PERTURBATIONS])
def test_rungs_have_words(rung):
    """Every rung is a phrase for sentences that is not its key."""
    assert rung_words(rung) != rung


def test_repeats_are_called_by_what_the_rows_are():
    """Half-samples of receptors are not called half-samples of cells."""
    assert rung_words("halves", "receptor") == "half-samples of receptors"
    assert rung_words("halves") == "half-samples of cells"
