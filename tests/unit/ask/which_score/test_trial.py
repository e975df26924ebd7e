"""Trials are planned once per strength and draw; what cannot be planted is left out with a reason."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.which_score.trial import (
    ON_TRIAL,
    STRENGTHS,
    TRIAL_SIZES,
    TrialSize,
    planted_slots,
    planted_truths,
    trial_pipelines,
    trial_units,
)
from rashomon.dataset import Truth
from rashomon.multiverse import expression_multiverse
from rashomon.score import SCORES, STABILITY
from tests.planted import dataset, groups, judged, technical, toy_multiverse, truth

SIZE = TrialSize(n_deciding=2, n_other=1, n_settings=1, n_truths=1, n_seeds=1)


def request(*, truths=None, codes=None, **more):
    """What is asked about the planted data."""
    data = dataset(truths=truths)
    return Request(data, judged(codes), 0, expression_multiverse(data), **more)


def test_pipelines_differ_from_the_default_in_one_choice():
    """The default comes first, each setting at every resolution; exploratory levels and seeds take no part."""
    multiverse = toy_multiverse()
    found = trial_pipelines(multiverse, n_settings=5)
    assert found[0] == multiverse.default
    assert [(p["norm"], p.get("scale"), p["resolution"]) for p in found] == [
        ("log", "clip", 1.0),
        ("log", "clip", 0.5),
        ("residuals", None, 1.0),
        ("residuals", None, 0.5),
        ("log", "none", 1.0),
        ("log", "none", 0.5),
    ]
    assert {p["clusterer"] for p in found} == {"leiden"}
    assert len(trial_pipelines(multiverse, n_settings=0)) == 2


def test_truths_that_can_be_planted():
    """The judged labels are `types`; technical columns are left out; two classes of ten cells are needed."""
    rare = Truth("rare", "biological", np.where(np.arange(groups().size) < 5, 1, 0).astype(np.int32), ("a", "b"))
    found = planted_truths(request(truths=[truth(), technical(groups(), name="lane"), rare, truth("mine")]))
    assert [(each.slot, each.name) for each in found] == [("types", "mine"), ("truth_0", "type"), ("truth_2", "rare")]
    assert [each.obstacle for each in found] == ["", "", "1 of its classes have 10 cells, two are needed"]


def test_slots_are_the_codes_of_these_truths():
    """One integer code per cell, under the name that twins read."""
    slots = planted_slots(request())
    assert list(slots) == ["types", "truth_0"]
    np.testing.assert_array_equal(slots["types"], groups())
    assert slots["truth_0"].dtype == np.int32


def test_units_share_the_fit_and_the_draw():
    """One fit for all, one draw per strength and replicate; scores and re-runs hang on the same path."""
    units = trial_units(request(), size=SIZE)
    assert len({unit.path[0].step.name for unit in units}) == 1
    draws = {(unit.path[1].params["knobs"]["type_strength"], unit.path[1].params["replicate"]) for unit in units}
    assert draws == {(1.0, 0), (1.0, 1), (0.5, 0), (2.0, 0)}
    own = [unit for unit in units if unit.facts["perturbation"] == "labels"]
    assert {unit.keep for unit in own} == {("labels", "rows", "planted")}
    assert len(own) == 4 * len(trial_pipelines(request().multiverse, n_settings=1))
    scored = {unit.facts["score"] for unit in units} - {""}
    assert scored == set(ON_TRIAL) - {"ecc", "pairwise_ami"}
    # of the default setting alone, two re-runs per resolution
    again = [unit for unit in units if unit.facts["perturbation"] == "again"]
    assert len({unit.facts["pipeline"] for unit in again}) == 1
    assert len(again) == 4 * 2 * len({unit.facts["resolution"] for unit in again})


def test_the_truth_that_names_clusters_comes_first():
    """Where one truth is planted, it is the declared one; without a plantable one, nothing is planned."""
    assert {unit.facts["truth"] for unit in trial_units(request(), size=SIZE)} == {"type"}
    both = trial_units(request(), size=replace_size(n_truths=2))
    assert list(dict.fromkeys(unit.facts["truth"] for unit in both)) == ["type", "mine"]
    assert trial_units(request(truths=[], codes=np.zeros(groups().size, dtype=np.int32)), size=SIZE) == []
    assert trial_units(replace(request(), multiverse=None), size=SIZE) == []


def replace_size(**changed):
    """The small trial, changed."""
    return SIZE._replace(**changed)


def test_more_seeds_are_more_runs():
    """Each seed is a run of its own, of its own score; they are averaged later."""
    one = [u for u in trial_units(request(), size=SIZE) if u.facts["perturbation"] == "labels"]
    two = [u for u in trial_units(request(), size=replace_size(n_seeds=2)) if u.facts["perturbation"] == "labels"]
    assert len(two) == 2 * len(one)


@pytest.mark.parametrize("name", ON_TRIAL)
def test_scores_on_trial_are_known_and_need_no_truth(name):
    """Each is in the catalogue of scores or of stability measures, and can be chosen by without labels."""
    assert name in SCORES or name in STABILITY
    assert name not in SCORES or SCORES[name].against is None


def test_a_larger_budget_draws_more():
    """Quick draws nothing; the fitted strength decides and comes first."""
    assert "quick" not in TRIAL_SIZES
    assert all(a <= b for a, b in zip(TRIAL_SIZES["default"], TRIAL_SIZES["full"], strict=True))
    assert STRENGTHS[0] == 1.0
