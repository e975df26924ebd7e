"""The table of stability: one row per measure, nothing without its reason."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from rashomon.core import UsageError
from rashomon.partitions import Partitions
from rashomon.score import STABILITY, STABILITY_TABLE, stability_table
from tests.strategies import partitions


def runs(labels):
    """Wrap labels as partitions."""
    names = [f"c{i}" for i in range(labels.shape[0])]
    return Partitions(labels, np.array(names), pd.DataFrame({"run": [f"r{j}" for j in range(labels.shape[1])]}))


@given(partitions(min_obs=1))
def test_the_schema_holds_for_any_runs(parts):
    """Columns and types as declared; a value or a reason in every row."""
    reference = np.arange(parts.n_obs) % 3
    table = stability_table(parts, reference=reference, predicted=parts.labels, rng=np.random.default_rng(0))
    assert [(name, str(dtype)) for name, dtype in table.dtypes.items()] == [(c.name, c.dtype) for c in STABILITY_TABLE]
    assert table["score"].tolist() == list(STABILITY)
    assert (table["value"].isna() == (table["status"] == "undefined")).all()
    assert ((table["reason"] != "") == (table["status"] == "undefined")).all()


def test_only_what_can_be_computed_is(rng):
    """Without a reference and predictions, the measures of runs alone."""
    parts = runs(rng.integers(3, size=(40, 4)))
    table = stability_table(parts, rng=rng)
    assert table["score"].tolist() == [name for name, record in STABILITY.items() if record.needs == "runs"]
    assert table["n_runs"].tolist() == [4] * len(table)
    assert table["n_obs"].tolist() == [40] * len(table)


def test_a_measure_asked_for_must_be_computable(rng):
    """Nothing is dropped in silence."""
    parts = runs(rng.integers(3, size=(40, 4)))
    with pytest.raises(UsageError, match="recovery is not computable: needs reference"):
        stability_table(parts, measures=["recovery"], rng=rng)
    table = stability_table(parts, measures=["recovery"], reference=parts.labels[:, 0], rng=rng)
    assert table["score"].tolist() == ["recovery"]


def test_what_is_given_speaks_about_the_same_items(rng):
    """A reference of other items is refused."""
    with pytest.raises(UsageError, match="40 and 39 items"):
        stability_table(runs(rng.integers(3, size=(40, 4))), reference=np.zeros(39, dtype=int), rng=rng)


def test_the_same_rng_gives_the_same_table(rng):
    """Pairs of items and nulls are the only draws."""
    parts = runs(rng.integers(3, size=(40, 4)))
    one, other = (stability_table(parts, rng=np.random.default_rng(5)) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
