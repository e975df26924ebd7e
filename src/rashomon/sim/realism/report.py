"""The realism report: one row per summary and distance of simulated to real cells, a classifier, and copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, UsageError, child, root_entropy
from rashomon.sim.realism.catalogue import SUMMARIES, summaries
from rashomon.sim.realism.cells import Cells, as_cells, same_genes
from rashomon.sim.realism.discrimination import Discrimination, classifier_auc
from rashomon.sim.realism.distance import DISTANCES
from rashomon.sim.realism.memorisation import Memorisation, nearest_distance
from rashomon.sim.realism.record import Values

__all__ = ["MAX_CELLS", "TABLE_COLUMNS", "Key", "Realism", "Tables", "draw", "judge", "realism", "tables"]

Key = str | tuple[str, str] | None
"""Column of labels: one name, or that in the real and that in the simulated cells."""

MAX_CELLS = 5_000
"""Cells of each table that are summarised: neighbourhoods take quadratic time."""

TABLE_COLUMNS = {
    "summary": "name of the summary, see SUMMARIES",
    "level": "what one value belongs to: gene, cell, or pair of genes or cells",
    "source": "benchmarks that use the summary",
    "distance": "name of the distance, see DISTANCES",
    "value": "distance between real and simulated values; 0 is best; NaN where undefined",
    "floor": "the same distance between two halves of the real cells; NaN where the fitted cells are not given",
    "n_real": "real values compared",
    "n_simulated": "simulated values compared",
    "status": "ok, or undefined",
    "reason": "why it is undefined",
}
"""Columns of the table of a realism report and what they mean."""


@dataclass(frozen=True, eq=False)
class Realism:
    """How much simulated cells look like real ones.

    Parameters
    ----------
    table
        One row per summary and distance, see `TABLE_COLUMNS`.
    auc
        How well a classifier tells simulated from real cells; 0.5 is best.
    memorisation
        How near simulated cells lie to those of the fit; None where these were not given.
    summaries
        Real and simulated values of every summary, for figures; empty arrays where undefined.
    n_cells
        Cells of each kind that were summarised.
    """

    table: pd.DataFrame
    auc: Discrimination
    memorisation: Memorisation | None
    summaries: Mapping[str, tuple[np.ndarray, np.ndarray]]
    n_cells: int


@dataclass(frozen=True, eq=False)
class Tables:
    """Tables with the same genes: `real` cells to judge by, `simulated` ones by name, and those of the `fitted` half.

    Parameters
    ----------
    real, simulated, fitted
        All cells.
    n
        Cells of each that are summarised: those of the smallest table, at most `MAX_CELLS`.
    """

    real: Cells
    simulated: Mapping[str, Cells]
    fitted: Cells | None
    n: int


def realism(
    real: Any,
    simulated: Any,
    *,
    fitted: Any = None,
    groups_key: Key = None,
    batch_key: Key = None,
    rng: RNGLike = 0,
) -> Realism:
    """Compare simulated with real cells by every summary, by a classifier, and by nearness to the fitted cells.

    Parameters
    ----------
    real
        Counts of real cells that the simulator has not seen: sparse matrix, `Dataset`, `Simulation`, AnnData, or
        `Cells`, which hold labels as arrays.
    simulated
        Counts of simulated cells with the same genes, likewise.
    fitted
        Counts of the real cells that the simulator was fitted to. With them come copies, and the floor: the distance
        between two halves of the real cells, below which nothing can be asked.
    groups_key, batch_key
        Columns with cell types and batches: one name, or that in the real (and fitted) and that in the simulated cells.
        A simulated bare matrix has no columns; summaries that need them are then undefined.
    rng
        Chooses cells and genes, thins, deals folds.

    Returns
    -------
    The report. All tables are reduced at random to the cells of the smallest one, at most 5,000, because some summaries
    depend on the number of cells.

    Raises
    ------
    UsageError
        When genes differ, a matrix holds no counts, or a key is given and the real cells have no such column.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> draw = np.random.default_rng(0).poisson
    >>> result = realism(sp.csr_matrix(draw(2.0, (40, 30))), sp.csr_matrix(draw(2.0, (40, 30))))
    >>> result.table.loc[result.table["summary"] == "cell_mixing", "reason"].unique().tolist()
    ['needs batches, and the real and the simulated cells have none']
    """
    root = root_entropy(rng)
    given = tables(real, {"simulated": simulated}, fitted=fitted, groups_key=groups_key, batch_key=batch_key)
    values = summaries(draw(given.real, given.n, root), rng=root)
    floor = None if given.fitted is None else summaries(draw(given.fitted, given.n, root), rng=root)
    return judge(given, "simulated", values=values, floor=floor, root=root)


def tables(real: Any, simulated: Mapping[str, Any], *, fitted: Any, groups_key: Key, batch_key: Key) -> Tables:
    """Read all tables of a comparison and check that they have the same genes.

    Parameters
    ----------
    real, fitted, groups_key, batch_key
        See `realism`.
    simulated
        Counts of simulated cells by name of the simulator.

    Raises
    ------
    UsageError
        See `realism`.
    """
    mine, theirs = ({"groups_key": _side(groups_key, i), "batch_key": _side(batch_key, i)} for i in (0, 1))
    base = as_cells(real, **mine, what="real")
    for name, part in (("groups_key", base.groups), ("batch_key", base.batches)):
        if mine[name] is not None and part is None:
            raise UsageError(
                f"{name} is {mine[name]!r}, and the real cells are a matrix without columns",
                where="realism",
                fix="pass an AnnData, or labels as arrays in Cells",
            )
    made = {name: as_cells(table, **theirs, what=name) for name, table in simulated.items()}
    made = {name: same_genes(base, table, what=name) for name, table in made.items()}
    half = None if fitted is None else same_genes(base, as_cells(fitted, **mine, what="fitted"), what="fitted")
    sizes = [base.n, *(table.n for table in made.values()), *([] if half is None else [half.n])]
    return Tables(base, made, half, min(*sizes, MAX_CELLS))


def _side(key: Key, side: int) -> str | None:
    return key[side] if isinstance(key, tuple) else key


def draw(cells: Cells, n: int, root: int) -> Cells:
    """Return `n` of the `cells`, drawn without replacement by `root`, in their order."""
    return cells if cells.n == n else cells.take(np.sort(child(root, "drawn").permutation(cells.n)[:n]))


def judge(
    given: Tables, name: str, *, values: Mapping[str, Values], floor: Mapping[str, Values] | None, root: int
) -> Realism:
    """Return the report on one of the simulated tables.

    Parameters
    ----------
    given
        All tables.
    name
        Which of the simulated ones.
    values
        Summaries of the real cells.
    floor
        Summaries of the fitted cells, or None.
    root
        Root of the random choices.
    """
    cells = given.simulated[name]
    found = summaries(draw(cells, given.n, root), rng=root)
    rows = [row for record in SUMMARIES for row in _rows(record, values, found, floor, root)]
    near = None
    if given.fitted is not None:
        near = nearest_distance(given.fitted, given.real, cells, rng=child(root, "memorisation"))
    return Realism(
        pd.DataFrame(rows, columns=list(TABLE_COLUMNS)),
        classifier_auc(given.real, cells, rng=child(root, "auc")),
        near,
        {record: (values[record].values, found[record].values) for record in SUMMARIES},
        given.n,
    )


def _rows(
    name: str, real: Mapping[str, Values], found: Mapping[str, Values], floor: Mapping[str, Values] | None, root: int
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one summary, one per distance that takes as many numbers."""
    record, mine, theirs = SUMMARIES[name], real[name], found[name]
    half = None if floor is None else floor[name]
    undefined = _reason(mine, theirs)
    width = _width(mine, theirs)
    for distance in DISTANCES.values():
        if width not in distance.n_columns:
            continue
        value, reason = np.nan, undefined
        if not reason:
            value = distance.between(mine.values, theirs.values, rng=root)
            reason = "" if np.isfinite(value) else "the real values do not vary"
        least = np.nan
        if half is not None and not half.reason and not mine.reason:
            least = distance.between(mine.values, half.values, rng=root)
        counts = (len(mine.values), len(theirs.values))
        said = ("undefined" if reason else "ok", reason)
        yield (name, record.level, "; ".join(record.sources), distance.name, value, least, *counts, *said)


def _reason(real: Values, simulated: Values) -> str:
    if real.reason and real.reason == simulated.reason:
        return real.reason.replace("the cells", "the real and the simulated cells")
    if real.reason:
        return real.reason.replace("the cells", "the real cells") + _where(real, "real")
    return simulated.reason.replace("the cells", "the simulated cells") + _where(simulated, "simulated")


def _where(values: Values, what: str) -> str:
    return f" ({what} cells)" if values.reason and "the cells" not in values.reason else ""


def _width(real: Values, simulated: Values) -> int:
    return max(values.values.ndim for values in (real, simulated))
