"""Variance shares: exact on designs whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.choices.share import INTERACTIONS, NOISE, design_weights, variance_shares
from rashomon.multiverse import Choice, Multiverse, Option


def choice(name, *levels, **more):
    """A choice by its levels."""
    return Choice(name, tuple(Option(level, "") for level in levels), **more)


A, B = choice("a", "x", "y"), choice("b", 1, 2, 3)
FINE = choice("fine", 0.5, 1.0, within={"a": ("x",)})
FINE_ALONE = choice("fine", 0.5, 1.0)
SEED = choice("seed", 0, 1, 2, replicate=True)


def runs(*choices):
    """All pipelines of some choices, one row each."""
    return pd.DataFrame(list(Multiverse(choices)))


def shares(table, values, *choices, column="share"):
    """The shares by source."""
    return variance_shares(table, np.asarray(values, dtype=float), choices).set_index("choice")[column]


def test_a_main_effect_has_all_of_it():
    """A score that one choice decides: share 1, the others 0."""
    table = runs(A, B, SEED)
    found = shares(table, table["a"] == "x", A, B, SEED)
    assert found.to_dict() == pytest.approx({"a": 1, "b": 0, INTERACTIONS: 0, NOISE: 0}, abs=1e-12)


def test_two_effects_share_by_their_variance():
    """Effects that add up: the variances of the two, and nothing else."""
    table = runs(A, B, SEED)
    values = 2.0 * (table["a"] == "x") + 3.0 * (table["b"] == 1)
    found = shares(table, values, A, B, SEED, column="variance")
    assert found.to_dict() == pytest.approx({"a": 4 / 4, "b": 9 * 2 / 9, INTERACTIONS: 0, NOISE: 0}, abs=1e-12)


def test_an_interaction_belongs_to_no_choice():
    """A score that needs both choices to be known is interaction only."""
    b = choice("b", 1, 2)
    table = runs(A, b, SEED)
    found = shares(table, (table["a"] == "x") ^ (table["b"] == 1), A, b, SEED)
    assert found.to_dict() == pytest.approx({"a": 0, "b": 0, INTERACTIONS: 1, NOISE: 0}, abs=1e-12)


def test_seeds_are_noise():
    """A score that only the seed changes: its variance is noise, and what noise alone would show is taken from all."""
    table = runs(A, B, SEED)
    rows = variance_shares(table, table["seed"].to_numpy(dtype=float), [A, B, SEED]).set_index("choice")
    assert rows.loc[NOISE, "variance"] == pytest.approx(1.0)
    # three seeds: means of noise vary a third as much; a has 1 of the 5 degrees of freedom of 6 pipelines, b has 2
    assert rows.loc["a", "variance"] == pytest.approx(-1 / 3 / 6)
    assert rows.loc["b", "variance"] == pytest.approx(-1 / 3 * 2 / 6)
    assert rows.loc[INTERACTIONS, "variance"] == pytest.approx(-1 / 3 * 2 / 6)


def test_a_choice_within_a_level_is_weighed_by_it():
    """A choice that exists for half of the weight explains its variance there, times one half."""
    table = runs(A, FINE, SEED)
    values = np.where(table["fine"] == 1.0, 4.0, np.where(table["fine"] == 0.5, 0.0, 7.0))
    rows = variance_shares(table, values, [A, FINE, SEED]).set_index("choice")
    assert rows.loc["fine", "variance"] == pytest.approx(4.0 / 2)
    assert rows.loc["a", "variance"] == pytest.approx((7 - 2) ** 2 / 4)
    assert rows.loc["fine", "within"] == "a"
    assert rows.loc["a", "within"] == ""


def test_levels_weigh_the_same_however_many_pipelines_they_have():
    """Two alternatives share the weight equally, though one of them has three versions."""
    table = pd.DataFrame({"a": ["x", "x", "x", "y"], "fine": [1, 2, 3, None]})
    fine = choice("fine", 1, 2, 3, within={"a": ("x",)})
    assert design_weights(table, [A, fine]).tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_a_choice_within_one_that_is_gone_has_no_condition():
    """Where the outer choice has one level left and is not among the choices, the inner one is weighed as any other."""
    table = runs(FINE_ALONE, SEED)
    found = variance_shares(table, (table["fine"] == 1.0).to_numpy(dtype=float), [FINE, SEED]).set_index("choice")
    assert found.loc["fine", ["share", "within"]].tolist() == [pytest.approx(1.0), ""]


def test_a_choice_with_one_level_explains_nothing():
    """What was not varied has share 0."""
    only = choice("only", "this")
    table = runs(A, only, SEED)
    assert shares(table, table["a"] == "x", A, only, SEED)["only"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("value", [0.5, np.nan], ids=["constant", "undefined"])
def test_no_spread_has_no_shares(value):
    """Equal or undefined scores: a row per source, and NaN shares."""
    table = runs(A, B, SEED)
    found = variance_shares(table, np.full(len(table), value), [A, B, SEED])
    assert found["choice"].tolist() == ["a", "b", INTERACTIONS, NOISE]
    assert list(found) == ["choice", "variance", "within", "share"]
    assert found["share"].isna().all()


def test_failed_seeds_are_left_out():
    """A pipeline with one seed left keeps its mean, and one with none is out."""
    table = runs(A, B, SEED)
    values = (table["a"] == "x").to_numpy(dtype=float)
    values[0] = np.nan
    values[-3:] = np.nan
    found = shares(table, values, A, B, SEED)
    assert found.sum() == pytest.approx(1.0)
    assert found["a"] > 0.9


def test_mixed_levels_are_levels():
    """Numbers, words and "does not apply" are all different levels."""
    genes = choice("genes", "all", 75)
    table = runs(genes, SEED)
    assert shares(table, table["genes"] == "all", genes, SEED)["genes"] == pytest.approx(1.0)


def test_one_seed_has_no_noise_to_take_out():
    """Without repeats the noise is 0, and the shares are those of the means."""
    table = runs(A, B)
    found = shares(table, table["a"] == "x", A, B)
    assert found.to_dict() == pytest.approx({"a": 1, "b": 0, INTERACTIONS: 0, NOISE: 0}, abs=1e-12)
