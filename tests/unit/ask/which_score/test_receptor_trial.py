"""Which cutoffs and clusterers are tried on twins of receptors, and why none are."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.ask import Judged, Request
from rashomon.ask.which_score.receptor_trial import (
    BACKGROUND,
    CUTOFF,
    planted_receptor_truths,
    receptor_pipelines,
    receptor_slots,
    receptor_trial_units,
    why_no_receptor_twin,
)
from rashomon.ask.which_score.trial import TrialSize
from rashomon.dataset import Roles, unique_receptors
from rashomon.multiverse import receptor_multiverse
from tests.receptor_sample import planted, receptors

SIZE = TrialSize(n_deciding=2, n_other=1, n_settings=1, n_truths=1, n_seeds=1)


def request(*, budget="default", **changed):
    """Receptors with planted families, and no labels on trial."""
    data = unique_receptors(planted(np.random.default_rng(1)))[0]
    data = replace(data, **changed) if changed else data
    none = Judged("none", np.full(data.n_obs, -1, dtype=np.int32), (), own=False)
    return Request(data, none, 0, receptor_multiverse(data, budget=budget), budget=budget)


def test_cutoffs_of_every_distance_are_tried_and_some_beyond():
    """The default pipeline is first; TCRdist has a narrower and a wider radius than the multiverse."""
    asked = request()
    found = receptor_pipelines(asked.multiverse, n_settings=1)
    assert found[0] == (CUTOFF, asked.multiverse.default)
    first = [pipeline for family, pipeline in found if family == CUTOFF]
    assert [p["radius"] for p in first if p["distance"] == "tcrdist"] == [6, 12, 18, 24, 48]
    assert [p["cutoff"] for p in first if p["distance"] == "hamming"] == [1, 2]
    assert {p["clusterer"] for p in first} == {asked.multiverse.default["clusterer"]}
    families = list(dict.fromkeys(family for family, _ in found))
    assert len(families) == 2
    assert families[1].startswith("clusterer=")


def test_a_choice_that_does_not_apply_is_not_tried():
    """V match means nothing to TCRdist, which reads V itself."""
    asked = request()
    matched = [p for family, p in receptor_pipelines(asked.multiverse, n_settings=9) if family.startswith("v_match")]
    assert matched
    assert {p["distance"] for p in matched} == {"hamming", "levenshtein"}


def test_units_fit_once_and_score_what_is_labelled():
    """Other clusterers and re-runs are run only where it is decided; backgrounds are not scored."""
    asked = request()
    units = receptor_trial_units(asked, size=SIZE)
    assert len({unit.path[0].step.name for unit in units}) == 1
    assert units[0].path[0].params["roles"] == ["donor", "batch"]
    of = {kind: [u for u in units if u.facts["perturbation"] == kind] for kind in ("labels", "again", BACKGROUND)}
    n_all = len(receptor_pipelines(asked.multiverse, n_settings=1))
    n_first = sum(family == CUTOFF for family, _ in receptor_pipelines(asked.multiverse, n_settings=1))
    assert len(of["labels"]) == 2 * n_all + 2 * n_first
    assert len(of["again"]) == 2 * 2 * n_first
    assert len(of[BACKGROUND]) == 2 * n_all
    assert {unit.path[-1].step.name for unit in of["labels"]} == {"score_receptor_draw"}
    assert "values" not in of[BACKGROUND][0].keep


def test_only_what_receptors_bind_is_planted():
    """The epitope; its slot holds the codes."""
    asked = request()
    assert [each.name for each in planted_receptor_truths(asked)] == ["epitope"]
    (codes,) = receptor_slots(asked).values()
    assert codes.dtype == np.int32


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (request(budget="quick"), "budget 'quick' draws no twins"),
        (request(truths={}), "no label column says what receptors bind"),
        (replace(request(), multiverse=None), "labels alone cannot be re-made"),
    ],
)
def test_reasons(asked, reason):
    """Each with its own."""
    assert why_no_receptor_twin(asked) == reason


def test_labels_that_are_the_batch_and_b_cells_have_no_twin():
    """Aliased labels name the column; heavy chains mutate."""
    asked = request()
    assert why_no_receptor_twin(asked) == ""
    epitope = asked.dataset.truths["epitope"]
    same = replace(epitope, name="lane", kind="technical")
    aliased = replace(asked, dataset=replace(asked.dataset, roles=Roles(batch=same)))
    assert why_no_receptor_twin(aliased) == "epitope: it cannot be told from lane"
    chains = asked.dataset.receptors
    heavy = replace(chains, locus=receptors(["CASSF"] * chains.n_chains, locus="IGH").locus)
    assert "mutate" in why_no_receptor_twin(replace(asked, dataset=replace(asked.dataset, receptors=heavy)))
