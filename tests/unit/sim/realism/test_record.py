import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.sim.realism import record
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError

CELLS = Cells(sp.csr_matrix(np.arange(6).reshape(3, 2)), groups=np.zeros(3, dtype=int))


def summary(function, needs=()):
    return record.Summary("n", "n", "N.", "cell", (record.CROWELL,), f"{__name__}:{function}", needs)


def gaps(cells):
    return np.array([1.0, np.nan, np.inf])


def rows(cells):
    return np.array([[1.0, 2.0], [np.nan, 3.0]])


def nothing(cells):
    return np.array([np.nan])


def refused(cells):
    raise UndefinedSummaryError("too little", where="here")


@pytest.fixture(autouse=True)
def functions(monkeypatch):
    """Dotted paths of this file are resolved here, because a test file is no module of a package."""
    monkeypatch.setattr(record, "resolve", lambda path: globals()[path.partition(":")[2]])


def test_items_without_a_number_are_left_out():
    """NaN and infinity are no values; a pair of numbers counts when both are there."""
    prepared = Prepared(CELLS, root=0)
    assert summary("gaps").compute(prepared).values.tolist() == [1.0]
    assert summary("rows").compute(prepared).values.tolist() == [[1.0, 2.0]]


def test_who_has_no_values_says_why():
    """What is undefined is empty and has a reason: missing labels, a refusal, or no number at all."""
    prepared = Prepared(CELLS, root=0)
    for name, needs, reason in [
        ("gaps", ("groups", "batches"), "needs batches, and the cells have none"),
        ("refused", (), "too little"),
        ("nothing", (), "no item has a value"),
    ]:
        found = summary(name, needs).compute(prepared)
        assert found.values.size == 0
        assert found.reason == reason
    assert summary("gaps", ("groups",)).compute(prepared).reason == ""
