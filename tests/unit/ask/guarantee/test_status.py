"""Whether what a guarantee rests on holds."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.ask import Judged, Request
from rashomon.ask.guarantee.status import NEEDS, standing
from rashomon.dataset import Dataset, Expression, Roles, Truth


def asked(n=300, *, kind="counts", donors=0, use_rep=None):
    """A request about n cells."""
    x = Expression(sp.csr_matrix(np.ones((n, 3), np.float32)), np.array(list("abc"), dtype=object), kind)
    codes = np.arange(n, dtype=np.int32) % max(donors, 1)
    donor = Truth("donor", "technical", codes, tuple(map(str, range(donors)))) if donors else None
    data = Dataset(pd.DataFrame(index=[f"c{i}" for i in range(n)]), x, roles=Roles(donor=donor))
    return Request(data, Judged("mine", np.zeros(n, np.int32), ("0",), own=True), entropy=1, use_rep=use_rep)


@pytest.mark.parametrize(
    ("request_", "needs", "status"),
    [
        (asked(), "counts", "untested"),
        (asked(kind="lognormalised"), "counts", "violated"),
        (asked(50), "counts", "untested"),
        (asked(), "donors", "untested"),
        (asked(use_rep="X_emb"), "counts", "violated"),
        (asked(use_rep="X_emb"), "stored_counts", "untested"),
        (asked(kind="lognormalised"), "stored_counts", "violated"),
        (asked(donors=1), "donors", "violated"),
        (asked(donors=4), "donors", "holds"),
        (asked(), "labels", "holds"),
    ],
)
def test_data_are_looked_at(request_, needs, status):
    """What the data have decides, and the evidence is said."""
    found = standing(needs, request_)
    assert found.status == status
    assert found.evidence


def test_every_need_can_be_looked_up():
    """No need is without a function."""
    assert all(callable(function) for function in NEEDS.values())
