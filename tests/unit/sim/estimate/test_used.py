"""Who enters a fit."""

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.estimate.used import Role, choose_cells

N = 80


def roles(types=None, names=(), donors=None, donor_names=()):
    """Roles of N cells, with types and donors where given."""
    return [
        Role("type", types, names, "population"),
        Role("batch", None, (), "all"),
        Role("donor", donors, donor_names, "all"),
    ]


def counts(n=N, p=12):
    """Two molecules everywhere."""
    return sp.csr_matrix(np.full((n, p), 2.0, dtype=np.float32))


def test_cells_without_a_role_or_molecules_are_left_out_and_counted():
    """Cells without molecules, type or donor are left out, each with a note that says how many."""
    x = counts().tolil()
    x[0] = 0
    types, donors = np.zeros(N, int), np.zeros(N, int)
    types[0:3], donors[5] = -1, -1
    used = choose_cells(x.tocsr(), roles(types, ("T",), donors, ("d",)))
    assert used.counts.shape == (N - 4, 12)
    assert used.notes == (
        "1 cells without any molecule are left out",
        "2 cells without a type are left out",
        "1 cells without a donor are left out",
    )


def test_levels_without_cells_are_dropped():
    """Codes are of the names that have cells, in their order, and a note names the others."""
    used = choose_cells(counts(), roles(np.repeat([0, 2], N // 2), ("A", "B", "C")))
    assert used.names == {"type": ("A", "C"), "batch": ("all",), "donor": ("all",)}
    np.testing.assert_array_equal(used.codes[:, 0], np.repeat([0, 1], N // 2))
    assert used.notes == ("type without cells, left out: B",)


@pytest.mark.parametrize("value", [0.5, -1.0, np.nan, np.inf])
def test_values_that_are_no_counts_are_refused(value):
    """A number that is not whole, negative or not finite is refused."""
    x = counts()
    x.data[7] = value
    with pytest.raises(UsageError, match="does not hold counts") as caught:
        choose_cells(x, roles())
    assert caught.value.code == "fit.not_counts"


@pytest.mark.parametrize(("n", "p"), [(49, 12), (80, 9)])
def test_small_tables_are_refused(n, p):
    """Fewer than 50 cells or 10 genes are refused; 50 and 10 are accepted."""
    with pytest.raises(UsageError, match="too few for a fit"):
        choose_cells(counts(n, p), roles())
    assert choose_cells(counts(50, 10), roles()).counts.shape == (50, 10)


def test_types_of_a_few_cells_are_refused_by_name():
    """A type of four cells is refused with its name and size; one of five is accepted."""
    types = np.zeros(N, int)
    types[:4] = 1
    with pytest.raises(UsageError, match="fewer than 5 cells") as caught:
        choose_cells(counts(), roles(types, ("T", "B")))
    assert caught.value.where == "types: B (4)"
    types[4] = 1
    assert choose_cells(counts(), roles(types, ("T", "B"))).names["type"] == ("T", "B")


@pytest.mark.parametrize("types", [np.zeros(3, int), np.zeros(N), np.full(N, 1)])
def test_codes_must_fit(types):
    """Codes of another length, of another type or beyond the names are refused."""
    with pytest.raises(UsageError, match="codes of type do not fit"):
        choose_cells(counts(), roles(types, ("T",)))
