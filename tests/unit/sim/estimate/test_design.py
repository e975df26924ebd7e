"""Designs and their rank."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.estimate.design import check_rank, make_design

NAMES = {"type": ("B", "T"), "batch": ("one", "two"), "donor": ("d1", "d2", "d3", "d4")}


def design(*rows, n_levels=(2, 2, 4)):
    """Two cells of each combination of type, batch and donor."""
    codes = np.repeat(np.array(rows), 2, axis=0)
    return make_design(codes, np.full(len(codes), 3.0), n_levels=n_levels)


def nested():
    """Two donors in each of two batches, all with both types."""
    return [(z, donor // 2, donor) for z in (0, 1) for donor in range(4)]


def test_sums_are_those_of_the_cells():
    """Power sums of depth add up over the cells of a combination."""
    found = make_design(np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]]), np.array([2.0, 5.0, 3.0]), n_levels=(2, 1, 1))
    np.testing.assert_array_equal(found.power_sums(2), [13.0, 25.0])
    np.testing.assert_array_equal(found.indicator(0).toarray(), np.eye(2))


def test_families_of_nested_donors_are_their_batches():
    """Donors nested in batches make one family per batch; crossed donors make one."""
    np.testing.assert_array_equal(design(*nested()).families, [0, 0, 1, 1])
    crossed = [(z, b, d) for z in (0, 1) for b in (0, 1) for d in range(4)]
    assert not design(*crossed).families.any()


def test_nested_donors_are_no_alias():
    """Donors nested in batches are accepted, as is a type that one donor lacks."""
    check_rank(design(*nested()), NAMES)
    check_rank(design(*nested()[1:]), NAMES)


def test_types_in_batches_of_their_own_are_refused():
    """A batch for each type is refused with the names of both."""
    rows = [(0, 0, 0), (0, 0, 1), (1, 1, 2), (1, 1, 3)]
    with pytest.raises(UsageError, match="type and batch are aliased") as caught:
        check_rank(design(*rows), NAMES)
    assert caught.value.code == "fit.aliased"
    assert "one" in caught.value.where or "two" in caught.value.where


def test_types_in_donors_of_their_own_are_refused():
    """A donor for each type is refused even in one batch."""
    rows = [(0, 0, 0), (0, 0, 1), (1, 0, 2), (1, 0, 3)]
    with pytest.raises(UsageError, match="type and donor are aliased"):
        check_rank(design(*rows, n_levels=(2, 1, 4)), NAMES)


def test_aliases_of_all_three_are_refused():
    """Types linked through batches and through donors, yet not through both at once, are refused by the rank."""
    rows = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    check_rank(design(*rows, n_levels=(2, 2, 2)), NAMES)
    with pytest.raises(UsageError, match="batches and donors together"):
        check_rank(design((0, 0, 0), (1, 0, 1), (0, 1, 1), n_levels=(2, 2, 2)), NAMES)
