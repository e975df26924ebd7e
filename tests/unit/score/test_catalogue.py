"""The catalogue: every score once, with everything a caller may ask."""

import inspect
from importlib import import_module

import pytest

from rashomon.core import UsageError, resolve
from rashomon.score import SCORES
from rashomon.score.agreement_record import AGREEMENT
from rashomon.score.record import Facts
from rashomon.score.validity_record import VALIDITY


def test_every_public_score_function_is_registered():
    """In the modules that records name, each public function that returns a number is a score."""
    paths = {record.function for record in SCORES.values()}
    modules = {path.partition(":")[0] for path in paths}
    public = {
        f"{name}:{function}"
        for name in modules
        for function in import_module(name).__all__
        if inspect.isfunction(getattr(import_module(name), function))
        and inspect.signature(getattr(import_module(name), function)).return_annotation == "float"
    }
    assert public == paths


def test_records_are_listed_once_and_in_order():
    """Agreement first, then validity; nothing is lost or named twice."""
    assert list(SCORES.values()) == [*AGREEMENT, *VALIDITY]


@pytest.mark.parametrize("record", SCORES.values(), ids=lambda record: record.name)
def test_a_record_is_complete(record):
    """A one-line summary, a citation with a year, a sensible range, a function that says what it needs."""
    low, high = record.range
    assert low < high
    assert record.chance is None or low <= record.chance <= high
    assert record.chance_corrected == (record.chance is not None)
    assert record.summary.endswith(".")
    assert "\n" not in record.summary
    assert any(f"({year})" in record.citation for year in range(1970, 2030))
    first, *others = inspect.signature(resolve(record.function)).parameters
    assert (first, *others[:1]) == (("table",) if record.needs == "labels" else ("labels", record.needs))


@pytest.mark.parametrize("record", SCORES.values(), ids=lambda record: record.name)
def test_an_empty_comparison_is_always_undefined(record):
    """No record may invent a value for no items."""
    assert record.why_undefined(Facts(0, 0, 0)).startswith("no item")


def test_an_unknown_score_names_the_nearest():
    """A typing error is met with the right name."""
    with pytest.raises(UsageError, match="unknown score 'silouette'") as error:
        SCORES["silouette"]
    assert error.value.fix.startswith("did you mean 'silhouette'?")
