"""What a finished twin says: agreement and scores per pipeline, seeds averaged, failures with their reason."""

from functools import cache

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from rashomon.ask import Finished, Request
from rashomon.ask.which_score.outcome import direction, trials
from rashomon.ask.which_score.trial import ON_TRIAL, TrialSize, planted_slots, trial_pipelines, trial_units
from rashomon.engine import Record
from rashomon.multiverse import Executor, expression_multiverse, slots_of
from rashomon.score import SCORES
from tests.planted import SERIAL, dataset, judged

SIZE = TrialSize(n_deciding=2, n_other=1, n_settings=1, n_truths=1, n_seeds=2)


@cache
def finished():
    """Two twins of the planted data under two settings at three resolutions."""
    data = dataset()
    request = Request(data, judged(), 0, expression_multiverse(data))
    units = trial_units(request, size=SIZE, strengths=(1.0,))
    executor = Executor({**slots_of(data), **planted_slots(request)}, 0, engine=SERIAL)
    return request, tuple(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))


def test_agreement_is_that_of_scikit_learn_averaged_over_seeds():
    """One value per pipeline in the order of the plan, the default first."""
    request, done = finished()
    found, reasons = trials(request, done)
    assert reasons == {}
    assert [(trial.truth, trial.strength, trial.replicate) for trial in found] == [("type", 1.0, 0), ("type", 1.0, 1)]
    n = len(trial_pipelines(request.multiverse, n_settings=1))
    assert found[0].agreement.shape == found[0].settings.shape == (n,)
    assert found[0].settings[0] == request.multiverse.name(request.multiverse.default)
    own = [e for e in done if e.unit.facts["perturbation"] == "labels" and e.unit.facts["replicate"] == 0]
    slots = [e.record.slots for e in own if e.unit.facts["pipeline"] == found[0].settings[0]]
    first = [s for s, e in zip(slots, own, strict=False) if e.unit.facts["resolution"] == 1.0]
    expected = [adjusted_mutual_info_score(s["planted"][s["rows"]], s["labels"]) for s in first]
    assert len(expected) == 2
    assert found[0].agreement[0] == pytest.approx(np.mean(expected), abs=1e-9)


def test_half_samples_and_scores_have_one_column_per_pipeline():
    """Halves scatter around the whole; every score on trial is there; stability of the default setting alone."""
    request, done = finished()
    trial = trials(request, done)[0][0]
    assert trial.halves.shape == (20, trial.agreement.size)
    assert np.abs(trial.halves.mean(axis=0) - trial.agreement).max() < 0.1
    assert set(trial.scores) == set(ON_TRIAL)
    here = trial.settings == trial.settings[0]
    assert np.isfinite(trial.scores["modularity"]).all()
    assert np.isfinite(trial.scores["ecc"][here]).all()
    assert np.isnan(trial.scores["ecc"][~here]).all()


def test_seeds_of_a_score_are_averaged():
    """Modularity of a pipeline is the mean of its two seeds."""
    request, done = finished()
    trial = trials(request, done)[0][0]
    values = [
        float(e.record.slots["value"])
        for e in done
        if e.unit.facts["score"] == "modularity"
        and e.unit.facts["replicate"] == 0
        and e.unit.facts["resolution"] == 1.0
        and e.unit.facts["pipeline"] == trial.settings[0]
    ]
    assert len(values) == 2
    assert trial.scores["modularity"][0] == pytest.approx(np.mean(values))


def test_a_truth_that_fails_has_a_reason():
    """Where no run of a truth ended well, the first reason is handed on, and there is no twin."""
    request, done = finished()
    failed = [Finished(e.unit, Record(status="failed", reason="too few cells"), e.key) for e in done]
    assert trials(request, failed) == ([], {"type": "too few cells"})
    assert trials(request, []) == ([], {})


def test_directions_are_those_of_the_records():
    """Smaller is better for Davies-Bouldin alone."""
    assert {name: direction(name) for name in ON_TRIAL if direction(name) < 0} == {"davies_bouldin": -1}
    assert direction("silhouette") == SCORES["silhouette"].direction
