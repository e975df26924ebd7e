"""Composition."""

import numpy as np
import pandas as pd

from rashomon.sim.estimate.composition import composition_tables


def test_shares_are_those_of_a_cross_table(rng):
    """Shares equal pandas' cross tables, normalised by row."""
    codes = np.column_stack([rng.integers(0, k, 500) for k in (3, 2, 4)])
    tables = composition_tables(codes, n_levels=(3, 2, 4))
    frame = pd.DataFrame(codes, columns=["type", "batch", "donor"])
    np.testing.assert_allclose(tables["composition"], pd.crosstab(frame.donor, frame.type, normalize="index"))
    np.testing.assert_allclose(tables["donor_share"], frame.donor.value_counts(normalize=True).sort_index())
    cell = frame[(frame.donor == 2) & (frame.type == 1)]
    np.testing.assert_allclose(tables["batch_share"][2, 1], cell.batch.value_counts(normalize=True).sort_index())


def test_absent_types_have_the_batches_of_their_donor():
    """Where a donor lacks a type, the type would lie in the donor's batches; every row sums to 1."""
    codes = np.array([[0, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 1]])
    tables = composition_tables(codes, n_levels=(2, 2, 2))
    np.testing.assert_allclose(tables["batch_share"][0, 1], [1 / 3, 2 / 3])
    np.testing.assert_allclose(tables["batch_share"][1, 0], [1.0, 0.0])
    for name in tables:
        np.testing.assert_allclose(tables[name].sum(axis=-1), 1.0)
