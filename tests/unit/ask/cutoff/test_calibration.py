import numpy as np
import pandas as pd
import pytest

from rashomon.ask.cutoff.calibration import CALIBRATION_COLUMNS, Calibration
from rashomon.core import UsageError


def made(p_low, **changes):
    """A calibration with these lower ends at cutoffs 0, 1, ..."""
    n = len(p_low)
    table = pd.DataFrame(1.0, index=range(n), columns=list(CALIBRATION_COLUMNS))
    table["cutoff"], table["p_low"] = np.arange(n, dtype=float), p_low
    table = table.assign(n_pairs=120, n_same=60, lr=1234.5, lr_low=3.21, lr_high=np.inf, p_same=0.61, p_high=1.0)
    table = table.assign(**changes)
    return Calibration(table, pd.DataFrame(), "matched", 0.0123, 1000, 5, 8, "hamming distance", ("seen",))


def test_the_largest_safe_cutoff_is_recommended():
    """By the lower end of the interval, not by the estimate."""
    found = made([0.9, 0.7, 0.45])
    assert (found.recommend(), found.recommend(0.4), found.recommend(0.8)) == (1.0, 2.0, 0.0)


def test_nothing_is_recommended_where_nothing_is_safe():
    """Too low, or without an interval."""
    assert made([0.2, 0.1]).recommend() is None
    assert made([np.nan, np.nan]).recommend() is None


@pytest.mark.parametrize("p", [0, 1, 50, float("nan")])
def test_refuses_what_is_no_probability(p):
    """Per cent are no probabilities."""
    with pytest.raises(UsageError, match="p is"):
        made([0.9]).recommend(p)


def test_the_text_says_every_cutoff_its_interval_and_the_prevalence():
    """In plain sentences, with the notes last."""
    lines = str(made([0.9, 0.3])).split("\n")
    assert lines[0] == "Learned from 1,000 receptors with 5 labels, from 8 studies."
    assert lines[2] == (
        "hamming distance up to 0: 60 of 120 links share a label; 1,234 (3.21 to any number of) times as likely with "
        "a common label as in the background (matched); P = 61% (90% to 100%)."
    )
    assert "1.2% of all pairs" in lines[4]
    assert lines[5] == "Up to 0 at least half of the links join receptors with a common label."
    assert lines[6] == "Note: seen."


def test_the_text_says_when_nothing_is_certain():
    """Without an interval none is shown."""
    text = made([np.nan], lr_low=np.nan, lr_high=np.nan).text
    assert "At no cutoff is it certain" in text
    assert "P = 61%." in text
