import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.score.receptor.excess import EXCESS_COLUMNS, excess, excess_columns


def test_difference_and_ratio_with_their_range():
    """Percentiles of the background turn round: a high background gives a low excess."""
    background = np.linspace(0.1, 0.2, 101)
    found = excess(0.3, background)
    low, high = np.quantile(background, [0.025, 0.975])
    assert found.difference == pytest.approx(0.15)
    assert (found.difference_low, found.difference_high) == (pytest.approx(0.3 - high), pytest.approx(0.3 - low))
    assert found.ratio == pytest.approx(2.0)
    assert (found.ratio_low, found.ratio_high) == (pytest.approx(0.3 / high), pytest.approx(0.3 / low))
    assert found.p == pytest.approx(1 / 102)


def test_chance_is_no_difference_and_a_ratio_of_one():
    """The background's own value has difference 0, ratio 1 and p 1."""
    found = excess(0.2, np.array([0.2, 0.2]))
    assert (found.difference, found.ratio, found.p) == (0.0, 1.0, 1.0)


def test_an_empty_background_has_no_ratio():
    """Where no background has any, the ratio is NaN and said so; where some have, its upper end is infinite."""
    none = excess(0.2, np.zeros(3))
    assert np.isnan([none.ratio, none.ratio_low, none.ratio_high]).all()
    assert none.reason == "no ratio: every background has none"
    assert excess(0.2, np.array([0.0, 0.0, 0.1])).ratio_high == np.inf


@pytest.mark.parametrize(("observed", "background"), [(0.1, []), (0.1, [np.nan]), (np.nan, [0.1])])
def test_what_is_no_number_is_refused(observed, background):
    """A background is a vector of finite numbers, and so is the value."""
    with pytest.raises(UsageError, match="is no number"):
        excess(observed, np.array(background))


def test_negative_numbers_are_refused():
    """Shares and counts are not negative."""
    with pytest.raises(UsageError, match="is negative"):
        excess(0.1, np.array([-0.1]))


def test_columns_are_the_fields_of_an_excess():
    """A table says what the function found, under the declared names; without a background everything is NaN."""
    found = excess(0.3, np.linspace(0.1, 0.2, 5))
    assert excess_columns(found) == {
        "excess": found.difference,
        "excess_low": found.difference_low,
        "excess_high": found.difference_high,
        "excess_ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
    }
    assert list(excess_columns(found)) == list(EXCESS_COLUMNS) == list(excess_columns(None))
    assert np.isnan(list(excess_columns(None).values())).all()
