"""The catalogue of stability measures, and what every one of them obeys."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError, resolve
from rashomon.score import STABILITY
from tests.strategies import partitions

every_measure = pytest.mark.parametrize("record", STABILITY.values(), ids=lambda record: record.name)
seeds = st.integers(0, 2**32 - 1)


def compute(record, labels, *, reference, predicted, seed=0):
    """Call a record with what it needs."""
    extra = {"runs": [], "reference": [reference], "predicted": [predicted]}[record.needs]
    return record.call(labels, *extra, **({"rng": np.random.default_rng(seed)} if record.draws else {}))


def material(parts, rng):
    """Labels of runs, a reference, and labels carried over."""
    predicted = rng.integers(-2, 4, size=parts.labels.shape)
    return parts.labels, {"reference": rng.integers(-2, 3, size=parts.n_obs), "predicted": predicted}


@every_measure
def test_a_record_is_complete(record):
    """A one-line summary, a citation with a year, a sensible range, a function that takes what it says."""
    low, high = record.range
    assert low < high
    assert record.chance is None or low <= record.chance <= high
    assert record.summary.endswith(".")
    assert "\n" not in record.summary
    assert any(f"({year})" in record.citation for year in range(1980, 2030))
    names = list(inspect.signature(resolve(record.function)).parameters)
    assert names[0] == "labels"
    assert record.needs == "runs" or names[1] == record.needs
    assert record.draws == ("rng" in names)


def test_an_unknown_measure_names_the_nearest():
    """A typing error is met with the right name."""
    with pytest.raises(UsageError, match="unknown stability measure 'recovry'") as error:
        STABILITY["recovry"]
    assert error.value.fix.startswith("did you mean 'recovery'?")


@every_measure
@given(parts=partitions(min_obs=2), seed=seeds)
def test_values_lie_in_the_declared_range(record, parts, seed):
    """Defined values are in range, with an interval where the record says so; others are NaN with a reason."""
    labels, extra = material(parts, np.random.default_rng(seed))
    found = compute(record, labels, **extra)
    if found.status == "ok":
        low, high = record.range
        assert low - 1e-12 <= found.value <= high + 1e-12
        assert (not math.isnan(found.low)) == record.interval
        assert found.low <= found.value <= found.high or not record.interval
        assert found.n_values > 0
    else:
        assert math.isnan(found.value)
        assert found.reason


@every_measure
@given(parts=partitions(min_obs=2), seed=seeds)
def test_names_of_clusters_do_not_matter(record, parts, seed):
    """Other numbers for the clusters of every run, and of what is compared, change nothing."""
    rng = np.random.default_rng(seed)
    labels, extra = material(parts, rng)
    name = np.append(rng.permutation(20), [-2, -1])
    one = compute(record, labels, **extra)
    other = compute(record, name[labels], **{what: name[codes] for what, codes in extra.items()})
    assert one.status == other.status
    assert one.value == pytest.approx(other.value, abs=1e-9, nan_ok=True) or record.draws


@every_measure
@given(parts=partitions(min_obs=2), seed=seeds)
def test_order_of_runs_does_not_matter(record, parts, seed):
    """Runs in another order give the same value, up to rounding and what is drawn for the null."""
    rng = np.random.default_rng(seed)
    labels, extra = material(parts, rng)
    order = rng.permutation(parts.n_runs)
    shuffled = extra | {"predicted": extra["predicted"][:, order]}
    one, other = compute(record, labels, **extra), compute(record, labels[:, order], **shuffled)
    assert one.status == other.status
    if record.needs != "predicted":
        assert one.value == pytest.approx(other.value, abs=1e-12, nan_ok=True)


@every_measure
def test_equal_runs_reach_the_best_value(record, rng):
    """The same labeling five times is as stable as can be."""
    one = rng.integers(4, size=60)
    labels = np.tile(one[:, None], 5)
    found = compute(record, labels, reference=one, predicted=labels)
    assert found.value == pytest.approx(record.range[1] if record.direction > 0 else record.range[0], abs=1e-12)


@every_measure
def test_noise_makes_it_worse(record, rng):
    """More noise in the runs means a worse value, in the declared direction."""
    truth = rng.integers(4, size=600)
    values = []
    for share in (0.0, 0.2, 0.5):
        labels = np.stack(
            [np.where(rng.random(600) < share, rng.integers(4, size=600), truth) for _ in range(8)], axis=1
        )
        values.append(compute(record, labels, reference=truth, predicted=np.tile(truth[:, None], 8)).value)
    assert (np.diff(values) * record.direction < 0).all()


@every_measure
@pytest.mark.parametrize("codes", [np.zeros(6, dtype=int), np.arange(6), np.full(6, -1), np.full(6, -2)])
def test_runs_that_say_nothing_are_undefined(record, codes):
    """One cluster in all, every item its own, nothing observed: no value, whatever the measure."""
    labels = np.tile(codes[:, None], 3)
    found = compute(record, labels, reference=codes, predicted=labels)
    assert (found.status, math.isnan(found.value), bool(found.reason)) == ("undefined", True, True)


@every_measure
def test_unrelated_runs_score_at_the_declared_chance(record, rng):
    """Where a chance level is declared, unrelated runs are near it."""
    labels, other = rng.integers(4, size=(500, 12)), rng.integers(4, size=(500, 12))
    found = compute(record, labels, reference=other[:, 0], predicted=other)
    if record.chance is not None:
        assert found.value == pytest.approx(record.chance, abs=0.05)
    elif not math.isnan(found.null):
        assert found.value == pytest.approx(found.null, abs=0.05)
