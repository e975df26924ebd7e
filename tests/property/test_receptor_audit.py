"""Copies are no evidence: a table with every row twice is audited as the table itself."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from rashomon.core import silent
from rashomon.tl.receptor import ROWS, audit_receptors
from tests.receptor_sample import planted

COPIES = ("copies", "top_copies")
"""Columns of the words of clusters that count rows, as they say."""


def frame(seed):
    """Planted receptors as a table in memory; no names of rows, which may not come twice."""
    found = planted(np.random.default_rng(seed), n_families=4, n_members=8, n_orphans=30)
    chains, obs = found.receptors, found.obs
    columns = {"v_call": chains.v.texts, "j_call": chains.j.texts, "junction_aa": chains.junction_aa.astype(str)}
    columns["duplicate_count"] = np.random.default_rng(seed).integers(1, 9, obs.shape[0])
    return pd.DataFrame(columns).assign(**{name: obs[name].to_numpy() for name in ("epitope", "donor", "batch")})


def audit(table):
    """A small audit of it."""
    return audit_receptors(
        table,
        truths=["epitope=biological:external"],
        donor_key="donor",
        batch_key="batch",
        multiverse={"distance": ["hamming"], "clusterer": ["component"]},
        budget="default",
        n_replicates=2,
        n_jobs=1,
        announce=silent,
        progress=silent,
    )


def uncounted(words):
    """The words of clusters without how many copies there are, in columns and in the text."""
    detail = words["detail"].str.replace(r"\d+ of \d+ copies", "copies", regex=True)
    return words.drop(columns=list(COPIES)).assign(detail=detail)


@cache
def audited():
    """The audit of the table itself."""
    return audit(frame(11))


@pytest.mark.parametrize("order", ["each row twice", "the table twice"])
@pytest.mark.slow
def test_doubled_rows_change_nothing(order):
    """Clusters, words and every table of scores are the same, to the last digit; copies are counted twice."""
    one = frame(11)
    two = one.loc[one.index.repeat(2)] if order == "each row twice" else pd.concat([one, one])
    expected, found = audited(), audit(two.reset_index(drop=True))
    assert found.dataset.n_obs == expected.dataset.n_obs
    assert found.judged.codes.tolist() == expected.judged.codes.tolist()
    assert "clone_copies" in set(expected.partitions.runs["perturbation"])
    assert found.partitions.labels.tolist() == expected.partitions.labels.tolist()
    assert str(found.answers) == str(expected.answers)
    assert set(found.tables) == set(expected.tables)
    for name in set(expected.tables) - {"receptor_clusters", ROWS}:
        pd.testing.assert_frame_equal(found.tables[name], expected.tables[name], check_exact=True, obj=name)
    words = [each.tables["receptor_clusters"] for each in (found, expected)]
    pd.testing.assert_frame_equal(*map(uncounted, words), check_exact=True)
    assert len(words[0]) > 3
    for name in COPIES:
        assert (words[0][name] == 2 * words[1][name]).all()
    rows, once = found.tables[ROWS], expected.tables[ROWS]["label"]
    twice = once.repeat(2) if order == "each row twice" else pd.concat([once, once])
    assert rows["label"].tolist() == twice.tolist()
