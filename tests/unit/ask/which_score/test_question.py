"""Which number may choose the resolution: an answer from twins, or a plain reason why there is none."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Request
from rashomon.ask.which_score.question import BEST_COLUMNS, conclude, plan, slots
from rashomon.ask.which_score.receptor_score import RECEPTORS_ON_TRIAL
from rashomon.ask.which_score.receptor_trial import CUTOFF
from rashomon.ask.which_score.track import TRACK_COLUMNS, deciding
from rashomon.ask.which_score.trial import ON_TRIAL, TRIAL_SIZES, TrialSize
from rashomon.ask.which_score.tripwire import SCORE_TRIPWIRE_COLUMNS
from rashomon.multiverse import Executor, expression_multiverse, slots_of
from tests.planted import SERIAL, dataset, groups, judged, noise, toy_multiverse, toy_parts
from tests.receptor_sample import receptors
from tests.unit.ask.which_score.test_receptor_trial import request as receptor_request
from tests.unit.ask.which_score.test_receptor_twin import world

TINY = TrialSize(n_deciding=5, n_other=1, n_settings=1, n_truths=1, n_seeds=1)


def asked(*, budget="quick", kind="counts", **more):
    """A request about the planted data, with a multiverse."""
    data = dataset(kind=kind)
    return Request(data, judged(), 0, expression_multiverse(data), budget=budget, **more)


def run(request):
    """Run what the question plans, and conclude."""
    units = plan(request)
    executor = Executor({**slots_of(request.dataset), **slots(request)}, 0, engine=SERIAL)
    return conclude(request, list(map(Finished, units, executor.run(units, task="t"), executor.keys(units))))


@cache
def answered():
    """The answer from a few small twins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TRIAL_SIZES, "default", TINY)
        return run(asked(budget="default"))


def test_a_quick_answer_says_what_is_missing():
    """No twin is drawn; neighbours are, for the trip-wires; the next step names the budget."""
    request = asked()
    assert [unit.keep for unit in plan(request)] == [("knn_indices", "rows")]
    found = run(request)
    assert (found.answer.status, found.answer.verdict) == ("cannot tell", "not calibrated at this budget")
    assert "budget='default'" in found.answer.next_step
    assert found.tables["score_track"].empty
    wires = found.tables["score_tripwires"].set_index("tripwire")["status"]
    assert wires["touching_clusters"] == "quiet"
    assert found.not_run == ()


def test_twins_give_a_record_of_every_score():
    """Every score on trial has a row, strengths and choices apart, and the answer speaks of the fitted strength."""
    found = answered()
    track = found.tables["score_track"]
    rows = deciding(track, truth="type")
    assert rows["score"].tolist() == list(ON_TRIAL)
    assert set(track["strength"]) == {1.0, 0.5, 2.0}
    assert (rows["n_draws"] == 5).all()
    assert rows["hit"].dropna().between(0, 1).all()
    pd.testing.assert_frame_equal(found.answer.table, rows.reset_index(drop=True))
    assert found.answer.estimate in rows["hit"].tolist()
    assert found.answer.interval.over == "5 twins (exact)"
    assert "Where type was planted in twins of these data" in found.answer.text
    assert ("planted truth", "mine", "budget 'default' plants fewer truths") in found.not_run


def test_the_verdict_is_one_of_the_table():
    """Any resolution will do only where nothing matters; a score is named only where it is believed."""
    found = answered().answer
    verdicts = set(found.table["verdict"])
    if found.verdict.startswith("any resolution"):
        assert "no matter" in verdicts
    elif "picks well" in found.verdict:
        assert "believe" in verdicts
    else:
        assert "believe" not in verdicts
    assert found.status == ("cannot tell" if found.verdict == "cannot tell" else "answered")


def rows(**changed):
    """The deciding rows of two scores."""
    row = dict.fromkeys(TRACK_COLUMNS, 0.0) | {"truth": "type", "strength": 1.0, "among": "resolution"}
    row |= {"n_draws": 10, "n_pipelines": 5, "hit": 0.9, "hit_low": 0.6, "hit_high": 1.0, "agreement_range": 0.3}
    scores = {
        "silhouette": {"verdict": "believe"},
        "modularity": {"verdict": "do not believe", "hit": 0.2, "regret": 0.2},
    }
    made = [{**row, "score": name, **scores[name], **changed} for name in scores]
    return pd.DataFrame(made, columns=list(TRACK_COLUMNS))


@pytest.mark.parametrize(
    ("changed", "verdict", "step"),
    [
        ({}, "silhouette picks well here for type", "Choose the resolution by silhouette."),
        ({"verdict": "no matter"}, "any resolution will do for type", "Keep the default resolution."),
        ({"verdict": "cannot tell"}, "cannot tell", "Ask again with budget='full'"),
        ({"verdict": "do not believe"}, "no score may choose the resolution for type", "Choose by labels that were"),
        (
            {"verdict": "do not believe", "default_hit": 1.0},
            "the default resolution is as good as any for type",
            "Keep the default resolution.",
        ),
    ],
)
def test_words_follow_the_record(monkeypatch, changed, verdict, step):
    """Each record has its verdict and its next step."""
    from rashomon.ask.which_score import question as which_score

    monkeypatch.setattr(which_score, "trials", lambda request, finished: (["twin"], {}))
    monkeypatch.setattr(which_score, "track", lambda trials: rows(**changed))
    found = conclude(asked(budget="default"), []).answer
    assert found.verdict == verdict
    assert found.next_step.startswith(step)
    if not changed:
        assert "Not to be believed: modularity (up to 0.20 lost)." in found.text


def test_refusals_are_answers():
    """Log values and bare labels, of cells or of receptors, have each their reason."""
    logs = run(asked(budget="default", kind="lognormalised"))
    assert logs.answer.verdict == "cannot tell"
    assert "holds no counts" in logs.answer.text
    assert logs.answer.next_step.startswith("Give raw counts.")
    bare = Request(dataset(expression=False), judged(), 0)
    assert plan(bare) == []
    assert "labels alone cannot be re-made" in conclude(bare, []).answer.text
    receptors = replace(bare, dataset=replace(bare.dataset, item="receptor"))
    assert conclude(receptors, []).answer.verdict == "cannot tell"


def test_the_best_of_many_pipelines_is_corrected():
    """Runs that differ by chance alone: the best is above the typical one, and corrected it is not above itself."""
    counter = iter(range(1000))
    multiverse = toy_multiverse()
    parts = toy_parts(lambda pipeline: noise(groups(), 0.3, seed=next(counter)), multiverse=multiverse)
    request = Request(dataset(), judged(), 0, multiverse, parts)
    best = conclude(request, []).tables["best_of_many"]
    assert list(best) == list(BEST_COLUMNS)
    row = best.set_index("truth").loc["type"]
    assert row["typical"] < row["best"]
    assert row["best_corrected"] <= row["best"]
    # equivalent pipelines only: 3 settings, 2 resolutions, 2 seeds
    assert row["n_pipelines"] == 12


def of_receptors():
    """The answer on receptors with planted families, from a twin written by hand."""
    from rashomon.ask.which_score import receptor_twin

    asked = receptor_request()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TRIAL_SIZES, "default", TrialSize(n_deciding=5, n_other=0, n_settings=0, n_truths=1, n_seeds=1))
        patch.setattr(receptor_twin, "fit_receptors", lambda *_, **__: world())
        return run(asked)


def test_a_quick_answer_on_receptors_says_what_a_larger_budget_adds():
    """Nothing is run; trip-wires are looked at; the next step names the label that would be planted."""
    assert plan(receptor_request(budget="quick")) == []
    found = run(receptor_request(budget="quick"))
    assert (found.answer.status, found.answer.verdict) == ("cannot tell", "not calibrated at this budget")
    assert "it plants epitope in 10 twins and tries" in found.answer.next_step
    assert found.tables["score_track"].empty
    assert "labels_follow_source" in set(found.tables["score_tripwires"]["tripwire"])


def test_scores_of_receptors_are_tried_at_every_cutoff():
    """A row per score with the columns of cells; the answer speaks of cutoffs and of the epitope."""
    found = of_receptors()
    track = found.tables["score_track"]
    assert list(track) == list(TRACK_COLUMNS)
    assert track["score"].tolist() == list(RECEPTORS_ON_TRIAL)
    assert set(track["among"]) == {CUTOFF}
    assert (track["n_draws"] == 5).all()
    assert "Where epitope was planted in twins of these data" in found.answer.text
    assert found.answer.evidence.startswith("5 twins, 8 cutoffs")
    assert "resolution" not in found.answer.verdict + found.answer.next_step
    assert [each for each in found.answer.assumptions if "one residue" in each.statement]


def test_receptors_that_nobody_labelled_and_b_cells_are_told_apart():
    """Without a label there is nothing to plant: declare one; B cells have no twin at all."""
    asked = receptor_request(truths={})
    bare = conclude(asked, []).answer
    assert (bare.status, bare.verdict) == ("cannot tell", "cannot tell")
    assert bare.next_step.startswith("Declare a column of what receptors bind")
    chains = asked.dataset.receptors
    heavy = replace(chains, locus=receptors(["CASSF"] * chains.n_chains, locus="IGH").locus)
    labelled = receptor_request()
    of_b = conclude(replace(labelled, dataset=replace(labelled.dataset, receptors=heavy)), []).answer
    assert (of_b.status, of_b.verdict) == ("not applicable", "not applicable")


def test_tables_have_the_columns_that_are_explained():
    """Names of columns are those of the documented mappings."""
    found = answered().tables
    assert list(found["score_track"]) == list(TRACK_COLUMNS)
    assert list(found["score_tripwires"]) == list(SCORE_TRIPWIRE_COLUMNS)


def test_slots_hold_codes_alone():
    """The judged labels are `types`, the declared truth is `truth_0`."""
    found = slots(asked())
    assert list(found) == ["types", "truth_0"]
    assert {value.dtype for value in found.values()} == {np.dtype(np.int32)}
