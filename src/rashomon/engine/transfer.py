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


def write_task(folder: Path, plan: Plan, data: Mapping[str, Any]) -> None:
    """Write what a worker needs to `folder`: ``plan.json``, ``data.json`` and one ``.npy`` per array."""
    shapes: dict[str, list[int]] = {}
    for name, value in data.items():
        if isinstance(value, sp.csr_matrix):
            shapes[name] = list(value.shape)
            for part in ("data", "indices", "indptr"):
                _save(folder / f"{name}.{part}.npy", getattr(value, part))
        else:
            _save(folder / f"{name}.npy", np.asarray(value))
    publish_text(folder / "plan.json", plan.to_json())
    publish_text(folder / "data.json", json.dumps({"names": list(data), "sparse": shapes}))


def read_task(folder: Path) -> tuple[Plan, dict[str, Any]]:
    """Read what `write_task` wrote."""
    plan = Plan.from_json((folder / "plan.json").read_text(encoding="utf-8"))
    listed = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    data: dict[str, Any] = {}
    for name in listed["names"]:
        if name in listed["sparse"]:
            parts = [_load(folder / f"{name}.{part}.npy") for part in ("data", "indices", "indptr")]
            data[name] = sp.csr_matrix(tuple(parts), shape=tuple(listed["sparse"][name]))
        else:
            data[name] = _load(folder / f"{name}.npy")
    return plan, data


def _save(path: Path, array: np.ndarray) -> None:
    with publish(path) as temporary:
        np.save(temporary, array, allow_pickle=False)


def _load(path: Path) -> np.ndarray:
    array: np.ndarray = np.load(path, allow_pickle=False)
    return array
