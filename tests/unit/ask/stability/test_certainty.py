"""How sure each cell is of its cluster."""

import numpy as np
import pytest

from rashomon.ask.stability.certainty import CERTAINTY_COLUMNS, certainty
from rashomon.ask.stability.label_set import label_sets
from rashomon.study import audit
from tests.planted import N_OBS, dataset, groups, judged, judged_request, options, planted_audit

VIEW = {"X_emb": (np.random.default_rng(0).normal(size=(N_OBS, 4)) + 8 * groups()[:, None]).astype(np.float32)}


@pytest.fixture(scope="module")
def found():
    """An audit of three clear groups."""
    return planted_audit()


def test_cells_of_clear_groups_are_sure(found):
    """Cells of clear groups stay with their cluster, and one label is left for nearly all of them."""
    cells = found.cells
    assert set(CERTAINTY_COLUMNS) <= set(cells.columns)
    assert cells["co_assignment"].mean() > 0.9
    assert (cells["co_assignment_low"] <= cells["co_assignment"]).all()
    assert (cells["co_assignment_high"] >= cells["co_assignment"]).all()
    assert cells["membership_entropy"].between(0, 1).all()
    assert (cells["label_set"] == cells["label"]).mean() > 0.9


def test_the_promise_is_said_with_the_answer(found):
    """What the sets promise stands under question 2, with how many cells have one label."""
    said = [each for each in found.answers["stability"].assumptions if "in the set" in each.statement]
    assert len(said) == 1
    assert said[0].evidence.endswith("of the cells have one label")


def test_without_repeats_nothing_is_claimed():
    """Labels that cannot be made again have no certainty."""
    found = certainty(judged_request(), None, None)
    assert (dict(found.columns), found.promise) == ({}, None)


def test_the_sets_are_made_once(monkeypatch):
    """An audit makes the sets of labels for the column and for the promise in one go."""
    made = []

    def counted(*args, **named):
        made.append(args)
        return label_sets(*args, **named)

    monkeypatch.setattr("rashomon.ask.stability.certainty.label_sets", counted)
    found = audit(dataset(views=VIEW), judged(), options=options(use_rep="X_emb", n_replicates=2))
    assert "label_set" in found.cells
    assert len(made) == 1


def test_the_numbers_are_those_of_the_half_samples(found):
    """The share is a multiple of one over the half-samples that held the cell."""
    runs = found.partitions.runs
    n_halves = runs.loc[(runs["perturbation"] == "halves") & (runs["status"] == "ok"), "replicate"].nunique()
    share = found.cells["co_assignment"].to_numpy()
    counts = [np.abs(share * n - np.round(share * n)) for n in range(1, n_halves + 1)]
    assert (np.min(counts, axis=0) < 1e-9).all()
