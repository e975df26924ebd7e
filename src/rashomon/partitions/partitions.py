"""Partitions: the waist. Labels of every run beside the facts of every run; judges read nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.core.labels import MISSING, UNASSIGNED, as_codes, encode_labels
from rashomon.core.slots import RESERVED_LABELS

__all__ = ["Partitions", "Unit"]

Unit = Literal["cell", "row", "receptor", "clone"]


@dataclass(frozen=True, eq=False)
class Partitions:
    """Labelings of one set of items, one column per run.

    Parameters
    ----------
    labels
        ``int32``, shape ``(n_obs, n_runs)``; ``-1`` present but unassigned, ``-2`` not observed in this run.
    obs_names
        Unique names of the items, shape ``(n_obs,)``.
    runs
        One row per column of `labels`; the column ``run`` (text) names it uniquely, further columns hold the choices
        and facts of the run.
    unit
        What an item is.

    Raises
    ------
    UsageError
        When the shapes disagree, a label is no code, or names repeat.

    Examples
    --------
    >>> frame = pd.DataFrame({"leiden": ["0", "0", "1"], "mine": ["a", "b", None]}, index=["c1", "c2", "c3"])
    >>> parts = Partitions.from_frame(frame)
    >>> parts.labels.tolist()
    [[0, 0], [0, 1], [1, -2]]
    """

    labels: np.ndarray
    obs_names: np.ndarray
    runs: pd.DataFrame
    unit: Unit = "cell"

    def __post_init__(self) -> None:
        labels = as_codes(self.labels, where="Partitions")
        names = np.array(self.obs_names, dtype=str)
        if "run" not in self.runs:
            raise UsageError("the table of runs has no column 'run'", where="Partitions.runs", expected="a unique name")
        runs = self.runs.reset_index(drop=True).astype({"run": str})
        if labels.shape != (names.size, len(runs)):
            raise UsageError(
                f"labels have shape {labels.shape}",
                where="Partitions",
                expected=f"({names.size}, {len(runs)}): one row per name, one column per run",
            )
        for what, values in (("obs_names", pd.Index(names)), ("run", pd.Index(runs["run"]))):
            if values.has_duplicates:
                repeated = first_few(values[values.duplicated()].unique())
                raise UsageError(f"{what} repeat: {repeated}", where="Partitions", expected="unique names")
        names.setflags(write=False)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "obs_names", names)
        object.__setattr__(self, "runs", runs)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, *, unit: Unit = "cell", unassigned: Iterable[str] = RESERVED_LABELS
    ) -> Partitions:
        """Make partitions from a table with one labeling per column; the index names the items.

        Parameters
        ----------
        frame
            Labels of any type; NaN and empty text become ``-2``, the words in `unassigned` ``-1``.
        unit
            What an item is.
        unassigned
            Words that mean "no cluster", in any case.

        Notes
        -----
        The original names of the clusters are kept in the column ``categories`` of `runs`, in the order of the codes.
        """
        coded = [encode_labels(frame.iloc[:, j], unassigned=unassigned) for j in range(frame.shape[1])]
        labels = np.stack([codes for codes, _ in coded], axis=1) if coded else np.empty((len(frame), 0), np.int32)
        runs = pd.DataFrame(
            {"run": [str(column) for column in frame.columns], "categories": [list(names) for _, names in coded]}
        )
        return cls(labels, frame.index.to_numpy(dtype=str), runs, unit)

    @classmethod
    def from_obs(cls, data: Any, columns: Sequence[str], *, unit: Unit = "cell") -> Partitions:
        """Make partitions from columns of ``data.obs`` (AnnData, Dataset) or of a table.

        Parameters
        ----------
        data
            Anything with an ``obs`` table, or the table itself.
        columns
            Names of the label columns.

        Raises
        ------
        UsageError
            When a column does not exist.
        """
        obs: pd.DataFrame = data if isinstance(data, pd.DataFrame) else data.obs
        absent = [column for column in columns if column not in obs]
        if absent:
            raise UsageError(
                f"no column {absent[0]!r}", where="obs", fix=did_you_mean(absent[0], map(str, obs.columns))
            )
        return cls.from_frame(obs[list(columns)], unit=unit)

    @property
    def n_obs(self) -> int:
        """Number of items."""
        return int(self.labels.shape[0])

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return int(self.labels.shape[1])

    def column(self, run: str) -> np.ndarray:
        """Return the labels of one `run`, shape ``(n_obs,)``.

        Raises
        ------
        UsageError
            When no run has this name.
        """
        found = np.flatnonzero(self.runs["run"].to_numpy() == run)
        if found.size == 0:
            raise UsageError(f"no run {run!r}", where="Partitions", fix=did_you_mean(run, self.runs["run"]))
        column: np.ndarray = self.labels[:, found[0]]
        return column

    def select(self, runs: np.ndarray) -> Partitions:
        """Return the runs picked by `runs`, a boolean mask or positions in the wanted order."""
        picked = np.arange(self.n_runs)[runs]
        return Partitions(self.labels[:, picked], self.obs_names, self.runs.iloc[picked], self.unit)

    def align(self, obs_names: np.ndarray) -> Partitions:
        """Return the same runs on `obs_names`; items that these partitions do not know become ``-2``."""
        position = pd.Index(self.obs_names).get_indexer(pd.Index(np.asarray(obs_names, dtype=str)))
        labels = np.full((position.size, self.n_runs), MISSING, dtype=np.int32)
        labels[position >= 0] = self.labels[position[position >= 0]]
        return Partitions(labels, obs_names, self.runs, self.unit)

    def concat(self, other: Partitions) -> Partitions:
        """Return these runs followed by those of `other`, on the same items.

        Raises
        ------
        UsageError
            When the items or their units differ, or a run occurs in both.
        """
        if self.unit != other.unit:
            raise UsageError(f"units differ: {self.unit} and {other.unit}", where="Partitions.concat")
        if not np.array_equal(self.obs_names, other.obs_names):
            raise UsageError("partitions name different items", where="Partitions.concat", fix="call align first")
        runs = _stack(self.runs, other.runs)
        return Partitions(np.hstack([self.labels, other.labels]), self.obs_names, runs, self.unit)

    def collapse(self, groups: np.ndarray, *, unit: Unit = "clone") -> Partitions:
        """Return one item per group, labelled by the most frequent label of its members.

        Parameters
        ----------
        groups
            Group name of each item, shape ``(n_obs,)``; empty text leaves the item out.
        unit
            What a group is.

        Notes
        -----
        Ties go to the smallest code. A group is ``-1`` where unassigned members outnumber each cluster, and ``-2`` only
        where no member was observed.

        Raises
        ------
        UsageError
            When there is not one group name per item.

        Examples
        --------
        >>> parts = Partitions.from_frame(pd.DataFrame({"mine": ["a", "b", "b"]}, index=["c1", "c2", "c3"]))
        >>> parts.collapse(np.array(["clone 1", "clone 1", "clone 2"])).labels.tolist()
        [[0], [1]]
        """
        keys = np.asarray(groups, dtype=str)
        if keys.shape != (self.n_obs,):
            raise UsageError(
                f"groups have shape {keys.shape}", where="Partitions.collapse", expected=f"({self.n_obs},)"
            )
        used = keys != ""
        names, inverse = np.unique(keys[used], return_inverse=True)
        labels = np.full((names.size, self.n_runs), MISSING, dtype=np.int32)
        for j in range(self.n_runs):
            labels[:, j] = _majority(self.labels[used, j], inverse, names.size)
        return Partitions(labels, names, self.runs, unit)


def _stack(above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    # a column that one table never fills takes the type of the other: pandas warns that it will not always do so
    unfilled = [set(table.columns[table.isna().all()]) for table in (above, below)]
    tables = [above.drop(columns=unfilled[0] - unfilled[1]), below.drop(columns=unfilled[1] - unfilled[0])]
    names = dict.fromkeys([*above.columns, *below.columns])
    return pd.concat(tables, ignore_index=True).reindex(columns=list(names))


def _majority(labels: np.ndarray, groups: np.ndarray, n_groups: int) -> np.ndarray:
    seen = labels > MISSING
    winner = np.full(n_groups, MISSING, dtype=np.int32)
    if not seen.any():
        return winner
    n_codes = int(labels.max()) + 2
    counts = np.zeros((n_groups, n_codes), dtype=np.int64)
    np.add.at(counts, (groups[seen], labels[seen] - UNASSIGNED), 1)
    # clusters before "unassigned", so that a tie goes to a cluster
    order = np.r_[np.arange(1, n_codes), 0]
    best = order[counts[:, order].argmax(axis=1)] + UNASSIGNED
    observed = counts.sum(axis=1) > 0
    winner[observed] = best[observed]
    return winner
