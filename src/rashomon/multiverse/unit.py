"""Units: a path of steps with the facts that describe it, and how finished units become Partitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import digest_slots, silent
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset, Receptors, owners, receptor_items, relative_copies
from rashomon.encode.gene_set import flag_genes
from rashomon.engine import Call, Costs, Engine, Estimate, MemoryStore, Outcome, Plan, Record, Store, estimate, run
from rashomon.partitions import Partitions
from rashomon.partitions import Unit as Level

__all__ = ["Executor", "Unit", "collect", "slots_of"]

_OUTCOME = ("n_clusters", "n_used", "n_dropped", "status", "reason", "key")
"""Columns that say how a run ended, after those that say what it was."""


@dataclass(frozen=True)
class Unit:
    """One thing to compute: a path of steps, the slots to keep of its last step, and the facts that describe it.

    Parameters
    ----------
    path
        Steps from the root.
    keep
        Slots kept of the last step.
    facts
        Columns of the tables in which the result will stand.
    """

    path: tuple[Call, ...]
    keep: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def slots_of(dataset: Dataset, *, use_rep: str | None = None) -> dict[str, np.ndarray | sp.csr_matrix]:
    """Return the slots at the root of every plan on `dataset`.

    Returns
    -------
    ``rows`` (all positions); ``x`` (the matrix) with ``genes`` (positions of its columns) and ``gene_flags`` (gene sets
    of each), or ``view`` (the embedding `use_rep`), or ``receptors`` (see `rashomon.dataset.receptor_items`) with the
    names of their genes, ``species``, ``owner`` and ``copies`` (see `rashomon.dataset.relative_copies`); ``donor`` and
    ``batch`` (codes of all rows) where declared.
    """
    slots: dict[str, np.ndarray | sp.csr_matrix] = {"rows": np.arange(dataset.n_obs, dtype=np.int64)}
    if use_rep is not None:
        slots["view"] = np.ascontiguousarray(dataset.views[use_rep], dtype=np.float32)
    elif dataset.expression is not None:
        slots["x"] = dataset.expression.x
        slots["genes"] = np.arange(dataset.expression.n_vars, dtype=np.int64)
        slots["gene_flags"] = flag_genes(dataset.expression.var_names)
    elif dataset.receptors is not None:
        slots |= _receptor_slots(dataset, dataset.receptors)
    if dataset.roles.donor is not None:
        slots["donor"] = dataset.roles.donor.codes
    if dataset.roles.batch is not None:
        slots["batch"] = dataset.roles.batch.codes
    return slots


def _receptor_slots(dataset: Dataset, receptors: Receptors) -> dict[str, np.ndarray | sp.csr_matrix]:
    names = {f"{name}_names": getattr(receptors, name).names for name in ("v", "j", "v_raw", "j_raw")}
    # an empty array of text has no width
    found = {name: np.array(values, dtype="S") if values else np.empty(0, dtype="S1") for name, values in names.items()}
    found["species"] = np.array([receptors.species], dtype="S8")
    copies = relative_copies(dataset)
    if copies is not None:
        found["copies"] = copies
    return {**found, "receptors": receptor_items(receptors, dataset.n_obs), "owner": owners(dataset)}


@dataclass
class Executor:
    """Runs units on one set of root slots; the only door from questions to the engine.

    Parameters
    ----------
    data
        Slots at the root.
    entropy
        Root of all random streams.
    store, engine
        Where records are kept, and how they are computed.
    """

    data: Mapping[str, Any]
    entropy: int
    store: Store = field(default_factory=MemoryStore)
    engine: Engine = field(default_factory=lambda: Engine("serial", listener=silent))

    def __post_init__(self) -> None:
        self._digest = digest_slots(self.data)

    def plan(self, units: Iterable[Unit]) -> tuple[Plan, list[str]]:
        """Return the plan of `units` and the key of each."""
        plan = Plan(self._digest, self.entropy)
        return plan, [plan.add(unit.path, keep=unit.keep) for unit in units]

    def estimate(self, units: Sequence[Unit], *, costs: Costs | None = None, **limits: int) -> Estimate:
        """Return what `units` will cost; see `rashomon.engine.estimate` for `costs` and ``n_probes``."""
        plan, _ = self.plan(units)
        return estimate(plan, self.data, store=self.store, engine=self.engine, costs=costs, **limits)

    def run(self, units: Sequence[Unit], *, task: str) -> list[Record]:
        """Return the record of each unit, in order."""
        plan, keys = self.plan(units)
        outcome: Outcome = run(plan, self.data, store=self.store, engine=self.engine, task=task)
        return [outcome[key] for key in keys]

    def keys(self, units: Sequence[Unit]) -> list[str]:
        """Return the key of each unit; it names the record in the store."""
        return self.plan(units)[1]


def collect(
    units: Sequence[Unit],
    records: Sequence[Record],
    keys: Sequence[str],
    *,
    obs_names: np.ndarray,
    item: Level = "cell",
) -> Partitions:
    """Return the labels of finished units as Partitions on all rows.

    Rows that a run did not see become ``-2``; a failed run is a column of ``-2`` with its reason, never left out.

    Parameters
    ----------
    units, records, keys
        In the same order; each unit keeps the slots ``labels`` and ``rows``.
    obs_names
        Names of all rows.
    item
        What a row is.
    """
    labels = np.full((obs_names.size, len(units)), MISSING, dtype=np.int32)
    facts = []
    for j, (unit, record, key) in enumerate(zip(units, records, keys, strict=True)):
        if record.status == "ok":
            labels[record.slots["rows"], j] = record.slots["labels"]
        used = labels[:, j] != MISSING
        facts.append(
            {
                **unit.facts,
                "n_clusters": int(np.unique(labels[labels[:, j] >= 0, j]).size),
                "n_used": int(used.sum()),
                "n_dropped": int((~used).sum()),
                "status": record.status,
                "reason": record.reason,
                "key": key,
            }
        )
    # no units: the table is empty and still names its columns
    runs = pd.DataFrame(facts) if facts else pd.DataFrame(columns=["run", "perturbation", "replicate", *_OUTCOME])
    return Partitions(labels, obs_names, runs, item)
