import inspect
from math import isinf

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import resolve
from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.record import RECEPTOR_SCORES


@pytest.mark.parametrize("record", RECEPTOR_SCORES.values(), ids=lambda record: record.name)
def test_records_name_functions_that_take_what_they_read(record):
    """Each path leads to a documented function of its own name whose arguments fit what it reads."""
    function = resolve(record.function)
    assert function.__name__ == record.name
    taken = list(inspect.signature(function).parameters)
    reads = {"tally": ["tally"], "clusters": ["labels"], "donors": ["labels", "donor"]}
    assert taken[:3] == reads.get(record.reads, ["labels", "truth", "strata"])
    assert record.summary.endswith(".")
    assert record.citation


def test_ranges_are_bounded_above_and_mostly_below():
    """All scores lie in [0, 1] but the one that is corrected for chance, which may be negative."""
    unbounded = [record.name for record in RECEPTOR_SCORES.values() if record.range != (0.0, 1.0)]
    assert unbounded == ["conditional_agreement"]
    assert isinf(RECEPTOR_SCORES["conditional_agreement"].range[0])
    assert RECEPTOR_SCORES["conditional_agreement"].range[1] == 1.0


def test_scores_are_called_through_their_record():
    """The record gives a float."""
    tally = group(np.array([0, 0, -1]), sp.csr_matrix(np.eye(2, dtype=bool)[[0, 0, 1]])).tally()
    assert RECEPTOR_SCORES["retention"].call(tally) == pytest.approx(2 / 3)


def test_only_scores_of_labels_have_guards_on_labels():
    """Scores that read neither labels nor donors ask for none."""
    free = [record for record in RECEPTOR_SCORES.values() if record.reads in {"clusters", "donors"}]
    assert all(record.guards == () for record in free)
    assert all(record.guards for record in RECEPTOR_SCORES.values() if record not in free)
