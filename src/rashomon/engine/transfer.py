"""The plan and the data as files for workers: plain arrays, never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import publish, publish_text
from rashomon.engine.plan import Plan

__all__ = ["read_task", "write_task"]


def write_task(folder: Path, plan: Plan, data: Mapping[str, Any], units: list[list[str]]) -> None:
    """Write what a worker needs to `folder`: ``plan.json``, ``units.json`` and one ``.npy`` per array."""
    shapes: dict[str, list[int]] = {}
    for name, value in data.items():
        if isinstance(value, sp.csr_matrix):
            shapes[name] = list(value.shape)
            for part in ("data", "indices", "indptr"):
                _save(folder / f"{name}.{part}.npy", getattr(value, part))
        else:
            _save(folder / f"{name}.npy", np.asarray(value))
    publish_text(folder / "plan.json", plan.to_json())
    publish_text(folder / "units.json", json.dumps({"units": units, "data": list(data), "sparse": shapes}))


def read_task(folder: Path) -> tuple[Plan, dict[str, Any], list[list[str]]]:
    """Read what `write_task` wrote."""
    plan = Plan.from_json((folder / "plan.json").read_text(encoding="utf-8"))
    task = json.loads((folder / "units.json").read_text(encoding="utf-8"))
    data: dict[str, Any] = {}
    for name in task["data"]:
        if name in task["sparse"]:
            parts = [_load(folder / f"{name}.{part}.npy") for part in ("data", "indices", "indptr")]
            data[name] = sp.csr_matrix(tuple(parts), shape=tuple(task["sparse"][name]))
        else:
            data[name] = _load(folder / f"{name}.npy")
    return plan, data, task["units"]


def _save(path: Path, array: np.ndarray) -> None:
    with publish(path) as temporary:
        np.save(temporary, array, allow_pickle=False)


def _load(path: Path) -> np.ndarray:
    array: np.ndarray = np.load(path, allow_pickle=False)
    return array
