"""Where clusters exist, where they dissolve, and how cells fare on each rung."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.stability.ladder import RANGE_COLUMNS, cell_rungs, dissolves_at, range_words, resolution_range
from rashomon.perturb import PERTURBATIONS
from rashomon.score import element_centric_items
from tests.planted import N_OBS, groups, noise, shuffled, toy_parts, toy_resamples


def matches(rows):
    """Matches of clusters at resolutions."""
    return pd.DataFrame(rows, columns=["cluster", "resolution", "jaccard"])


FULL = matches([(0, 0.5, 0.9), (0, 0.5, 0.8), (0, 1.0, 0.6), (0, 1.0, 0.2), (1, 0.5, 0.1), (1, 1.0, 0.9)])
HALVES = matches([(0, 0.5, 0.7), (0, 1.0, 0.7), (1, 0.5, 0.6), (1, 1.0, np.nan)])


def test_levels_are_asked_one_by_one():
    """A cluster exists where 80 % of the runs and of the half-samples have it; an unknown match says nothing."""
    table = resolution_range(FULL, HALVES, choices=["resolution"], n_clusters=2)
    assert list(table) == list(RANGE_COLUMNS)
    assert table[["cluster", "level", "n", "recovered", "n_halves"]].values.tolist() == [
        [0, 0.5, 2, 1.0, 1],
        [0, 1.0, 2, 0.5, 1],
        [1, 0.5, 1, 0.0, 1],
        [1, 1.0, 1, 1.0, 0],
    ]
    assert table["exists"].tolist() == [True, False, False, True]
    assert np.isnan(table["recovered_halves"].iloc[3])


def test_half_samples_can_end_a_range():
    """What all cells have and half-samples lose does not exist there."""
    table = resolution_range(FULL, HALVES.assign(jaccard=0.3), choices=["resolution"], n_clusters=2)
    assert table["exists"].tolist() == [False] * 4


def test_no_granularity_no_rows():
    """Runs without the choice give an empty table with its columns; half-samples without it are not asked."""
    assert list(resolution_range(FULL, HALVES, choices=["k"], n_clusters=2)) == list(RANGE_COLUMNS)
    alone = resolution_range(FULL, HALVES.drop(columns="resolution"), choices=["resolution"], n_clusters=2)
    assert alone["exists"].tolist() == [True, False, False, True]
    assert (alone["n_halves"] == 0).all()


def test_ranges_are_said_with_their_gaps():
    """First and last level, and whether one between them is missing."""
    rows = [(0, level, exists) for level, exists in ((0.5, True), (1.0, False), (1.5, True))]
    rows += [(1, 0.5, False), (1, 1.0, True), (1, 1.5, False)]
    table = pd.DataFrame(rows, columns=["cluster", "level", "exists"]).assign(choice="resolution")
    assert range_words(table, n_clusters=3) == ["resolution 0.5 to 1.5 with gaps", "resolution 1", ""]


def test_each_kind_of_granularity_has_its_rows():
    """Resolutions of graphs and numbers of means stand one after the other, also where halves know one of them."""
    means = matches([(0, 3, 0.9), (1, 3, 0.9)]).rename(columns={"resolution": "k"})
    table = resolution_range(pd.concat([FULL, means]), HALVES, choices=["resolution", "k"], n_clusters=2)
    assert table["choice"].tolist() == ["resolution"] * 4 + ["k"] * 2
    assert range_words(table, n_clusters=2) == ["resolution 0.5; k 3", "resolution 1; k 3"]


def rungs(*rows):
    """Rates of one cluster on rungs."""
    return pd.DataFrame([(0, *row) for row in rows], columns=["cluster", "rung", "recovered", "decides"])


def test_the_mildest_lost_rung_is_named():
    """Perturbations in the order of the ladder, then the settings; branches beside have no say."""
    mild, harsh = PERTURBATIONS["thinning"], PERTURBATIONS["halves"]
    assert mild.rung < harsh.rung
    lost = rungs(("settings", 0.1, True), ("halves", 0.5, True), ("thinning", 0.79, True), ("seed", 0.8, True))
    assert dissolves_at(lost, n_clusters=2) == ["thinning", ""]
    beside = rungs(("x, beside", 0.0, False), ("settings", 0.1, True), ("seed", 1.0, True))
    assert dissolves_at(beside, n_clusters=1) == ["settings"]
    assert dissolves_at(rungs(("seed", 1.0, True)), n_clusters=1) == [""]
    assert dissolves_at(pd.DataFrame(), n_clusters=1) == [""]


def test_cells_have_their_mean_agreement_on_each_rung():
    """Rung by rung the mean of the best granularity of each repeat, as computed one by one."""
    resamples = toy_resamples(lambda rung, i, resolution: noise(groups(), resolution / 3, seed=i))
    parts = toy_parts(
        lambda pipeline: (
            shuffled() if pipeline["clusterer"] == "kmeans" else noise(groups(), 0.2, seed=pipeline["seed"])
        )
    )
    table = cell_rungs(groups(), resamples, parts, by=["pipeline", "seed"])
    assert list(table) == ["seed", "halves", "settings"]
    assert table.shape == (N_OBS, 3)
    runs = resamples.runs
    best = []
    for replicate in range(4):
        columns = np.flatnonzero((runs["perturbation"] == "seed") & (runs["replicate"] == replicate))
        best.append(max((element_centric_items(groups(), resamples.labels[:, j]) for j in columns), key=np.mean))
    assert table["seed"].to_numpy() == pytest.approx(np.mean(best, axis=0))
    # the exploratory branch, which scatters every group, has no say
    seeds = [element_centric_items(groups(), noise(groups(), 0.2, seed=seed)) for seed in (0, 1)]
    assert table["settings"].to_numpy() == pytest.approx(np.mean(seeds, axis=0))


def test_cells_without_a_label_are_unknown():
    """A missing judged label, and a rung that never ran, are NaN; failed runs are no rung."""
    codes = groups().copy()
    codes[:5] = -2
    table = cell_rungs(codes, toy_resamples(lambda *repeat: groups()), None, by=["pipeline"])
    assert table.isna().all(axis=1).tolist() == [True] * 5 + [False] * (N_OBS - 5)
    failed = toy_resamples(lambda *repeat: np.full(N_OBS, -2))
    assert cell_rungs(codes, failed, None, by=["pipeline"]).shape == (N_OBS, 0)
