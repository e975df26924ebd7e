"""What a finished twin of receptors says: agreement with hidden labels, scores, what is beyond the background."""

from functools import cache

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from rashomon.ask import Finished
from rashomon.ask.which_score.receptor_outcome import receptor_trials
from rashomon.ask.which_score.receptor_score import RECEPTORS_ON_TRIAL
from rashomon.ask.which_score.receptor_trial import CUTOFF, receptor_pipelines, receptor_slots, receptor_trial_units
from rashomon.ask.which_score.trial import TrialSize
from rashomon.engine import Record
from rashomon.multiverse import Executor, slots_of
from tests.planted import SERIAL
from tests.unit.ask.which_score.test_receptor_trial import request
from tests.unit.ask.which_score.test_receptor_twin import world

SIZE = TrialSize(n_deciding=2, n_other=0, n_settings=1, n_truths=1, n_seeds=1)


@cache
def finished():
    """Two draws of a twin written by hand, under every cutoff and two clusterers."""
    from rashomon.ask.which_score import receptor_twin

    asked = request()
    units = receptor_trial_units(asked, size=SIZE)
    executor = Executor({**slots_of(asked.dataset), **receptor_slots(asked)}, 0, engine=SERIAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receptor_twin, "fit_receptors", lambda *_, **__: world())
        return asked, tuple(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))


def own(done, *, replicate=0):
    """The scored runs of a draw."""
    return [
        each
        for each in done
        if each.unit.facts["perturbation"] == "labels" and each.unit.facts["replicate"] == replicate
    ]


@pytest.mark.statistical  # a quarter of a minute
def test_agreement_is_with_hidden_labels_as_a_share_of_what_families_allow():
    """AMI of scikit-learn over the receptors whose label no score has seen, receptors alone as singletons."""
    asked, done = finished()
    found, reasons = receptor_trials(asked, done)
    assert reasons == {}
    assert [(trial.truth, trial.strength, trial.replicate) for trial in found] == [
        ("epitope", 1.0, 0),
        ("epitope", 1.0, 1),
    ]
    slots = own(done)[0].record.slots
    hidden = np.flatnonzero((slots["planted"] >= 0) & (slots["seen"] < 0))
    labels = np.full(slots["planted"].size, -1)
    labels[slots["rows"]] = slots["labels"]

    def ami(codes):
        alone = np.where(codes < 0, 1000 + np.arange(codes.size), codes)
        return adjusted_mutual_info_score(slots["planted"][hidden], alone[hidden])

    assert found[0].agreement[0] == pytest.approx(ami(labels) / ami(slots["reachable"]), abs=1e-9)


def test_every_score_has_a_value_per_pipeline():
    """In the order of the plan; re-runs of the first family alone; halves scatter around the whole."""
    asked, done = finished()
    trial = receptor_trials(asked, done)[0][0]
    n = len(receptor_pipelines(asked.multiverse, n_settings=1))
    assert trial.settings.tolist()[0] == CUTOFF
    assert set(trial.scores) == set(RECEPTORS_ON_TRIAL)
    assert {values.shape for values in trial.scores.values()} == {(n,)}
    first = trial.settings == CUTOFF
    assert np.isfinite(trial.scores["ecc"][first]).all()
    assert np.isnan(trial.scores["ecc"][~first]).all()
    assert np.nanmax(np.abs(np.nanmean(trial.halves, axis=0) - trial.agreement)) < 0.3


def test_the_background_is_taken_from_retention():
    """The share in a cluster less that of the same pipeline where only V, J and length make receptors alike."""
    asked, done = finished()
    trial = receptor_trials(asked, done)[0][1]
    facts = {"perturbation": "background", "replicate": 1, "number": 0}
    background = next(e for e in done if facts.items() <= e.unit.facts.items()).record.slots["labels"]
    expected = trial.scores["retention"][0] - (background >= 0).mean()
    assert trial.scores["retention_excess"][0] == pytest.approx(expected)


def test_failed_twins_are_no_trials_and_say_why():
    """The reason of the fit is handed on."""
    asked, done = finished()
    failed = [each._replace(record=Record(status="failed", reason="labels are the batch")) for each in done]
    assert receptor_trials(asked, failed) == ([], {"epitope": "labels are the batch"})
