"""What the lessons of the worlds of receptors say of two worlds, or of a world and itself after an intervention."""

import numpy as np
import pytest

from rashomon.sim.catalogue import WORLDS
from rashomon.sim.judge_receptor import judge_receptors

pytestmark = pytest.mark.statistical

FIRST, N_SEEDS = 1000, 20


def value(world, score, seed, *, truth="", pipeline=None):
    """One score of one draw."""
    truths = [truth] if truth else []
    table = judge_receptors(world.sample(rng=seed), scores=[score], truths=truths, pipeline=pipeline, rng=seed)
    return float(table["value"][0])


COMPARED = {
    "orphans hide the epitope": (
        ("motifs", {}, "purity_excess", "epitope", None),
        ("orphans", {}, "purity_excess", "epitope", None),
    ),
    "a disease by HLA goes with the path from HLA": (
        ("hla_disease", {}, "purity_excess", "status", None),
        ("hla_disease", {"disease_hla": 0.0}, "purity_excess", "status", None),
    ),
    "donors are found where epitopes are theirs": (
        ("donor_epitope", {}, "purity_excess", "donor", None),
        ("donor_epitope", {"entanglement": 0.0}, "purity_excess", "donor", None),
    ),
    "communities are purer than components that chain": (
        ("percolation", {}, "purity_excess", "epitope", {"distance": "tcrdist", "radius": 24, "clusterer": "leiden"}),
        (
            "percolation",
            {},
            "purity_excess",
            "epitope",
            {"distance": "tcrdist", "radius": 24, "clusterer": "component"},
        ),
    ),
    "false labels lower the retention": (
        ("false_labels", {}, "retention", "epitope", None),
        ("false_labels", {}, "retention", "epitope_label", None),
    ),
    "the largest cluster of alpha is of invariant cells": (
        ("mait", {}, "percolation", "", {"chain": "vj"}),
        ("mait", {"invariant_share": 0.0}, "percolation", "", {"chain": "vj"}),
    ),
    "alpha knows what beta does not": (
        ("alpha_driven", {}, "retention", "motif", {"chain": "vj"}),
        ("alpha_driven", {}, "retention", "motif", {"chain": "vdj"}),
    ),
    "hopped chains make clusters": (
        ("index_hopping", {}, "clustered", "", {"dual": "any"}),
        ("index_hopping", {"index_hopping": 0.0}, "clustered", "", None),
    ),
}


@pytest.mark.parametrize("name", COMPARED)
def test_lessons_that_compare_hold(name, record):
    """The first is above the second in at least nine tenths of twenty seeds, each pair with the same random numbers."""
    values = np.array(
        [
            [
                value(WORLDS[world].world.do(**change), score, seed, truth=truth, pipeline=pipeline)
                for world, change, score, truth, pipeline in COMPARED[name]
            ]
            for seed in range(FIRST, FIRST + N_SEEDS)
        ]
    )
    rate = float((values[:, 0] > values[:, 1]).mean())
    record(
        f"receptor_lesson_{name.replace(' ', '_')}",
        claim=name,
        seed=FIRST,
        figures={"pass_rate": rate, "medians": np.median(values, axis=0).round(3).tolist(), "n_seeds": N_SEEDS},
    )
    assert rate >= 0.9
