"""Noise is neither called an effect nor lost, and chance is not called agreement."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Request
from rashomon.ask.choices.share import INTERACTIONS, NOISE, variance_shares
from rashomon.ask.truths.question import answer
from rashomon.multiverse import Choice, Multiverse, Option
from tests.planted import dataset, judged, shuffled, truth

N_SIMULATIONS = 500
NOISE_SD = 0.7


def choice(name, *levels, **more):
    """A choice by its levels."""
    return Choice(name, tuple(Option(level, "") for level in levels), **more)


A = choice("a", "x", "y", "z")
FINE = choice("fine", 1, 2, within={"a": ("x", "y")})
B = choice("b", 20, 50)
SEED = choice("seed", 0, 1, 2, replicate=True)
CHOICES = (A, FINE, B, SEED)


def score_of(run, *, strength):
    """The score of a run without noise: main effects, one within levels of a, and an interaction."""
    value = {"x": 0.4, "y": 0.0, "z": -0.4}[run["a"]] + 0.2 * (run["b"] == 50)
    value += 0.3 * (run.get("fine") == 2)
    return strength * (value + 0.25 * (run["a"] == "z" and run["b"] == 50))


def expected(strength):
    """The variances by hand: levels of a weigh a third each, those of fine and b a half within them."""
    weights, values = [], []
    for run in Multiverse((A, FINE, B)):
        weights.append(1 / 3 / 2 / (2 if "fine" in run else 1))
        values.append((run, score_of(run, strength=strength)))
    weights = np.array(weights)

    def mean(**fixed):
        inside = np.array([all(run.get(name) == level for name, level in fixed.items()) for run, _ in values])
        return np.average([value for _, value in values], weights=weights * inside)

    total = sum(w * (value - mean()) ** 2 for w, (_, value) in zip(weights, values, strict=True))
    a = sum((mean(a=level) - mean()) ** 2 / 3 for level in "xyz")
    fine = sum((mean(a=level, fine=k) - mean(a=level)) ** 2 / 3 / 2 for level in "xy" for k in (1, 2))
    b = sum((mean(b=level) - mean()) ** 2 / 2 for level in (20, 50))
    return {"a": a, "fine": fine, "b": b, INTERACTIONS: total - a - fine - b, NOISE: NOISE_SD**2}


@pytest.mark.statistical
@pytest.mark.parametrize("strength", [0.0, 1.0], ids=["noise only", "effects"])
def test_variances_are_unbiased(strength, record):
    """The mean of every variance over 500 noisy multiverses lies within 4 standard errors of the value by hand.

    Five variances in two cases: with unbiased estimates this fails less than once in 1,000 runs.
    """
    rng = np.random.default_rng(31)
    runs = pd.DataFrame(list(Multiverse(CHOICES)))
    clean = np.array([score_of(run, strength=strength) for run in Multiverse(CHOICES)])
    found = [
        variance_shares(runs, clean + rng.normal(0, NOISE_SD, clean.size), CHOICES).set_index("choice")["variance"]
        for _ in range(N_SIMULATIONS)
    ]
    table = pd.DataFrame(found)
    apart = (table.mean() - pd.Series(expected(strength))) / (table.std() / np.sqrt(N_SIMULATIONS))
    record(
        f"variance_shares_{'effects' if strength else 'noise'}",
        claim="variance components of choices are unbiased",
        seed=31,
        figures={
            "n_simulations": N_SIMULATIONS,
            "expected": expected(strength),
            "mean": table.mean().to_dict(),
            "standard_errors_apart": apart.to_dict(),
        },
    )
    assert apart.abs().max() < 4, apart.to_dict()


@pytest.mark.statistical
def test_labels_on_other_cells_follow_none(record):
    """Of 200 shuffled labelings, at most 5 are said to follow one of two columns.

    The interval must lie above 97.5 % of the shuffled labels. Were that to happen for 0.5 % of chance labelings, five
    would be exceeded less than once in 1,000 runs.
    """
    follows = 0
    for seed in range(200):
        data = dataset(expression=False, truths=[truth(), truth("other", shuffled(seed=10_000 + seed))])
        said = answer(Request(data, judged(shuffled(seed=seed)), seed), None).answer
        follows += said.verdict != "the clusters follow none of the labels"
    record(
        "shuffled_labels_follow_none",
        claim="shuffled labels are said to follow a column in at most 2.5 % of data sets",
        seed="0 to 199",
        figures={"n_simulations": 200, "said_to_follow": follows},
    )
    assert follows <= 5
