"""Copies are no evidence: a table with every row twice is audited as the table itself."""

import numpy as np
import pandas as pd
import pytest

from rashomon.core import silent
from rashomon.tl.receptor import ROWS, audit_receptors
from tests.receptor_sample import planted

COPIES = ("copies", "top_copies")
"""Columns of the words of clusters that count rows, as they say."""

RANDOM_ROWS = ("runs", "not_run")
"""Tables about the running: keys and seconds."""


def frame(seed):
    """Planted receptors as a table in memory; no names of rows, which may not come twice."""
    found = planted(np.random.default_rng(seed), n_families=4, n_members=8, n_orphans=30)
    chains, obs = found.receptors, found.obs
    columns = {"v_call": chains.v.texts, "j_call": chains.j.texts, "junction_aa": chains.junction_aa.astype(str)}
    return pd.DataFrame(columns).assign(**{name: obs[name].to_numpy() for name in ("epitope", "donor", "batch")})


def audit(table):
    """A small audit of it."""
    return audit_receptors(
        table,
        truths=["epitope=biological:external"],
        donor_key="donor",
        batch_key="batch",
        multiverse={"distance": ["hamming"], "clusterer": ["component"]},
        n_replicates=2,
        n_jobs=1,
        announce=silent,
        progress=silent,
    )


@pytest.mark.parametrize("order", ["each row twice", "the table twice"])
def test_doubled_rows_change_nothing(order):
    """Clusters, words, answers and every table of scores are the same, to the last digit; copies are counted twice."""
    one = frame(11)
    two = one.loc[one.index.repeat(2)] if order == "each row twice" else pd.concat([one, one])
    expected, found = audit(one), audit(two.reset_index(drop=True))
    assert found.dataset.n_obs == expected.dataset.n_obs
    assert found.judged.codes.tolist() == expected.judged.codes.tolist()
    assert found.partitions.labels.tolist() == expected.partitions.labels.tolist()
    assert {name: str(said) for name, said in found.answers.items()} == {
        name: str(said) for name, said in expected.answers.items()
    }
    assert set(found.tables) == set(expected.tables)
    for name in set(expected.tables) - {"receptor_clusters", ROWS, *RANDOM_ROWS}:
        pd.testing.assert_frame_equal(found.tables[name], expected.tables[name], check_exact=True, obj=name)
    words = [each.tables["receptor_clusters"] for each in (found, expected)]
    pd.testing.assert_frame_equal(*(each.drop(columns=list(COPIES)) for each in words), check_exact=True)
    assert len(words[0]) > 3
    for name in COPIES:
        assert (words[0][name] == 2 * words[1][name]).all()
    once = expected.tables[ROWS]["label"]
    twice = once.repeat(2) if order == "each row twice" else pd.concat([once, once])
    assert found.tables[ROWS]["label"].tolist() == twice.tolist()
