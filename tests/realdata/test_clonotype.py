"""Clones of B cells as another program called them, and the valley of their distances."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.clonotype import bcr_cutoff, define_clonotypes
from rashomon.dataset import GeneCalls, Receptors, locus_codes

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def heavy(real_data):
    """Heavy chains of a donor after vaccination, and the clones that Change-O called."""
    table = pd.read_csv(
        real_data / "bcr_flu_vaccine/bcr_flu_vaccine.airr.tsv.gz", sep="\t", dtype=str, keep_default_na=False
    )
    genes = [GeneCalls.from_texts(table[name].map(first)) for name in ("v_call_genotyped", "j_call")]
    none, n = GeneCalls.from_texts([""] * len(table)), len(table)
    chains = Receptors(
        np.arange(n), locus_codes(np.full(n, "IGH", dtype=object)), np.full(n, b"CARW"),
        table["junction"].to_numpy().astype("S"), *genes, *genes, none, none, np.ones(n), np.full(n, -1, dtype=np.int8),
    )  # fmt: skip
    return chains, table["clone_id"].to_numpy(), np.zeros(n, dtype=int)


def first(call):
    """The first gene of a call such as ``Homsap IGHV3-11*05 F, or Homsap IGHV3-11*06 F``."""
    return re.findall(r"IGH[VJ][\w/*-]+", call)[0]


def test_identity_gives_the_clones_of_the_file(heavy):
    """The 1,198 clones of 1,999 sequences are those of equal V, J and junction: the file was made without distances."""
    chains, clone, donor = heavy
    found = define_clonotypes(chains, clone.size, "nt+V+J", donor=donor)
    assert found.max() + 1 == 1198
    assert adjusted_rand_score(clone, found) == 1.0


def test_distances_join_clones_and_never_split_them(heavy):
    """At 15 % there are fewer clones, each a union of those of the file; the largest is one lineage of a third."""
    chains, clone, donor = heavy
    found = define_clonotypes(chains, clone.size, "bcr", donor=donor)
    assert pd.Series(found).groupby(clone).nunique().max() == 1
    assert found.max() + 1 == 1057
    assert np.bincount(found).max() == 683


def test_the_valley_is_near_the_usual_cutoff(heavy):
    """The distances to the nearest have two modes, and the valley lies between 0.1 and 0.2."""
    chains, clone, donor = heavy
    cutoff, reason = bcr_cutoff(chains, clone.size, donor=donor)
    assert reason == ""
    assert 0.1 < cutoff < 0.2
