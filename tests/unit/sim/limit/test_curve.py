"""The ceiling curve is made of the functions it names."""

import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.sim.limit import (
    CEILING_COLUMNS,
    ari_of_error,
    ceiling_curve,
    optimal_two_group_error,
    two_group_error,
)


def test_each_row_is_what_the_functions_say():
    """Errors and scores of a row equal those of its cells, genes and distance; every combination is there once."""
    curve = ceiling_curve([1.0, 3.0, 5.0], n_cells=[500, 4000], n_genes=[200, 2000], noise=1.5)
    assert list(curve) == list(CEILING_COLUMNS)
    assert len(curve.drop_duplicates(["n_cells", "n_genes", "distance"])) == len(curve) == 12
    strength, ratio = curve["distance"] ** 2 / (4 * 1.5**2), curve["n_genes"] / curve["n_cells"]
    np.testing.assert_allclose(curve["error_pca"], two_group_error(strength, ratio), atol=1e-12)
    np.testing.assert_allclose(curve["error_unknown"], optimal_two_group_error(strength, ratio))
    np.testing.assert_allclose(curve["ari_pca"], ari_of_error(curve["error_pca"]))
    np.testing.assert_allclose(curve["threshold"], np.sqrt(ratio))


@pytest.mark.parametrize("k", [2, 4])
def test_rises_with_cells_and_distance_and_falls_with_genes(k):
    """More cells and more distance never lower what can be reached, more genes of noise never raise it."""
    curve = ceiling_curve([1.0, 2.0, 3.0, 6.0], n_cells=[100, 1000, 10_000], n_genes=[100, 1000], n_groups=k)
    names = ["ari_pca", "ari_known"] + ["ari_unknown"] * (k == 2)
    for name in names:
        for fixed, moving, sign in (
            (["n_genes", "distance"], "n_cells", 1),
            (["n_genes", "n_cells"], "distance", 1),
            (["n_cells", "distance"], "n_genes", -1),
        ):
            steps = curve.sort_values(moving).groupby(fixed)[name].apply(lambda s: np.diff(s).tolist())
            assert (sign * np.concatenate(steps.tolist()) >= -1e-12).all()


def test_ceilings_are_in_order():
    """PCA reaches at most what any method can, and that at most what known centres give."""
    curve = ceiling_curve(np.linspace(0, 6, 13), n_cells=[200, 2000], n_genes=2000)
    assert (curve["ari_pca"] <= curve["ari_unknown"] + 1e-12).all()
    assert (curve["ari_unknown"] <= curve["ari_known"] + 1e-12).all()


def test_more_than_two_groups_leave_one_column_open():
    """What is not known in closed form is NaN; the other columns are numbers."""
    curve = ceiling_curve(3.0, n_cells=1000, n_genes=500, n_groups=3)
    assert curve[["error_unknown", "ari_unknown"]].isna().all(axis=None)
    assert curve.drop(columns=["error_unknown", "ari_unknown"]).notna().all(axis=None)


def test_an_empty_axis_gives_an_empty_table():
    """No distance: no row, and the same columns."""
    pd.testing.assert_index_equal(ceiling_curve([], n_cells=10, n_genes=10).columns, pd.Index(list(CEILING_COLUMNS)))


def test_refusals_name_the_place():
    """No cells, negative distances."""
    with pytest.raises(UsageError, match=r"(?s)n_cells holds 0.*ceiling_curve"):
        ceiling_curve(1.0, n_cells=0, n_genes=10)
    with pytest.raises(UsageError, match=r"(?s)distance holds -1.*ceiling_curve"):
        ceiling_curve(-1.0, n_cells=10, n_genes=10)
