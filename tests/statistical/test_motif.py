"""Motifs are called as rarely as promised where receptors share nothing but V, J and length."""

import numpy as np
import pytest

from rashomon.cluster.motif import MotifRules, find_motifs
from rashomon.encode.receptor_chain import selected_dtype
from rashomon.perturb.matched_background import shuffle_within_strata

N_DATA_SETS, N_JUNCTIONS, N_BACKGROUNDS = 40, 300, 40
LETTERS = np.array(list("AGSTNQDERLVYFPKHIMWC"))


def data_set(rng):
    """Junctions whose residues depend on the place only, with common and rare ones."""
    found = np.zeros(N_JUNCTIONS, dtype=selected_dtype(20, 1))
    shares = rng.dirichlet(np.full(20, 0.5), size=9)
    texts = []
    for _ in range(N_JUNCTIONS):
        length = rng.integers(5, 9)
        texts.append("CAS" + "".join(rng.choice(LETTERS, p=shares[at]) for at in range(length)) + "EQF")
    found["aa"], found["item"] = texts, np.arange(N_JUNCTIONS)
    return found


@pytest.mark.statistical
def test_few_data_sets_without_motifs_have_one(record):
    """At q <= 0.05, folds set aside, at most 20 % of data sets have a motif: 5 % expected, P(more | 5 %) < 1e-3."""
    rng, called = np.random.default_rng(11), []
    rules = MotifRules(fold2=0, fold3=0, fold4=0, max_q=0.05, min_donors=1)
    for _ in range(N_DATA_SETS):
        given = data_set(rng)
        first = np.unique(given["aa"], return_index=True)[1]
        parts = given["aa"][first], given["v"][first], given["j"][first]
        background = np.stack([shuffle_within_strata(*parts, rng=rng).aa for _ in range(N_BACKGROUNDS)])
        found = find_motifs(given, background, donor=given["item"], v_names=["V"], rules=rules)
        called.append(int(found.table["called"].sum()))
    share = float(np.mean(np.array(called) > 0))
    record("motif_null", claim="data sets without motifs that have one", seed=11, figures={"share": share})
    assert share <= 0.2
