import numpy as np
import pandas as pd

from rashomon.ask import TRIPWIRES
from rashomon.dataset import Dataset, Roles, Truth


def column(name, codes, kind="technical"):
    codes = np.asarray(codes, dtype=np.int32)
    return Truth(name, kind, codes, tuple(map(str, range(int(codes.max()) + 1))))


STATUS = column("status", [0, 0, 0, 1, 1, 1], "biological")


def look(*truths, **roles):
    data = Dataset(
        pd.DataFrame(index=list("uvwxyz")), truths={each.name: each for each in truths}, roles=Roles(**roles)
    )
    return TRIPWIRES["aliased_columns"].check(data, None)


def test_a_status_that_is_its_lane_fires():
    """One-to-one with the batch: said as such, and the label column is named."""
    found = look(STATUS, batch=column("lane", [1, 1, 1, 0, 0, 0]))
    assert found.status == "fired"
    assert found.said == "status and lane are one and the same: their effects cannot be told apart"
    assert found.concerned == ("status",)


def test_a_status_constant_within_every_lane_fires():
    """Also where a status has several lanes, and where it is the condition and no label column."""
    lane = column("lane", [0, 0, 1, 2, 2, 2])
    assert look(STATUS, batch=lane).said.startswith("every lane holds one class of status")
    assert look(condition=STATUS, batch=lane).status == "fired"


def test_the_plan_of_many_studies_is_no_failure():
    """That a donor or a sample has one condition is quiet; a column that is the sample itself is not."""
    of_donors = column("donor", [0, 0, 1, 2, 2, 3])
    assert look(STATUS, donor=of_donors, sample=of_donors).status == "quiet"
    assert look(column("id", [0, 0, 1, 2, 2, 3], "annotation"), sample=of_donors).status == "fired"


def test_crossed_lanes_are_quiet_and_nothing_declared_is_no_answer():
    """A status in every lane can be told; without a label column there is nothing to tell."""
    assert look(STATUS, batch=column("lane", [0, 1, 0, 1, 0, 1])).status == "quiet"
    found = look(batch=column("lane", [0, 1, 0, 1, 0, 1]))
    assert (found.status, found.said) == ("not computable", "no label column and no condition was declared")
