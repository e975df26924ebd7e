"""What a worker reads is what the coordinator wrote."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.engine.transfer import read_task, write_task
from tests.unit.engine.toy import toy_plan


def test_round_trip(tmp_path):
    """Plan, arrays and sparse matrices come back with their types."""
    plan, _ = toy_plan()
    data = {"x": sp.random(9, 4, density=0.5, format="csr", dtype=np.float32, rng=0), "rows": np.arange(9)}
    write_task(tmp_path / "task", plan, data)
    plan_again, again = read_task(tmp_path / "task")
    assert plan_again.nodes == plan.nodes
    assert again["x"].dtype == np.float32
    assert (again["x"] != data["x"]).nnz == 0
    assert np.array_equal(again["rows"], data["rows"])


def test_no_pickle_on_disk(tmp_path):
    """Object arrays are refused: reading them back would run code."""
    plan, _ = toy_plan()
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        write_task(tmp_path / "task", plan, {"x": np.array([{}], dtype=object)})
