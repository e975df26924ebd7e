"""From the causes of a cell to its expected counts: one table of rates per block of cells."""

from __future__ import annotations

import numba
import numpy as np

from rashomon.sim.count import Mixture
from rashomon.sim.expression.cell import path_coordinates
from rashomon.sim.node import Scene

__all__ = ["class_log_rates", "coefficients", "log_rates", "mixture"]

_BY_CLASS = ("type_profile", "batch_profile", "donor_profile", "donor_type_profile", "batch_type_profile")
_BY_CELL = ("path_profile", "programme_profile", "cycle_profile", "stress_profile", "loading")


def _class_rows(s: Scene) -> dict[str, np.ndarray]:
    """Return the row of each table by class that a cell uses."""
    n_types = s.n("type")
    return {
        "type_profile": s["type"],
        "batch_profile": s["batch"],
        "donor_profile": s["donor"],
        "donor_type_profile": s["donor"] * n_types + s["type"],
        "batch_type_profile": s["batch"] * n_types + s["type"],
    }


def coefficients(s: Scene) -> dict[str, np.ndarray]:
    """Return the coefficients of the cells of scene `s` on tables that act by degree, ``(n_cells, n_rows)`` each."""
    dividing = np.isfinite(s["cycle"])
    angle = np.where(dividing, s["cycle"], 0.0)
    cycle = np.stack([np.cos(angle), np.sin(angle), np.ones(angle.size)], axis=1) * dividing[:, None]
    topology, n_branches = s.knobs["topology"], int(s.knobs["n_branches"])
    found = {
        "programme_profile": s["programme"],
        "cycle_profile": cycle,
        "stress_profile": s["stress"][:, None],
        "loading": s["factor"],
    }
    if len(s["path_profile"]):
        found["path_profile"] = path_coordinates(topology, s["position"], s["branch"], n_branches=n_branches)
    return {name: found[name] for name in _BY_CELL if name in found and len(s[name])}


def class_log_rates(s: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return the log rates of the distinct classes among the cells of scene `s`, and the class of each cell.

    Returns
    -------
    log_rates
        ``float32``, shape ``(n_classes, n_genes)``; factors have mean 1, so half their variance is taken off here.
    class_of
        Shape ``(n_cells,)``.
    """
    code = (s["donor"] * s.n("batch") + s["batch"]) * s.n("type") + s["type"]
    _, first, class_of = np.unique(code, return_index=True, return_inverse=True)
    offset = s["gene_mean"] - 0.5 * (s["loading"] ** 2).sum(axis=0)
    rows = np.tile(offset.astype(np.float32), (first.size, 1))
    for name, used in _class_rows(s).items():
        if len(s[name]):
            rows += s[name][used[first]].astype(np.float32)
    return rows, class_of


@numba.njit(cache=True, nogil=True)
def _add(rows: np.ndarray, degree: np.ndarray, table: np.ndarray) -> None:
    # one term after the other in a fixed order, and no zero added: a cell's rate depends on nothing but its causes
    for i in range(rows.shape[0]):
        for k in range(table.shape[0]):
            c = degree[i, k]
            if c != 0.0:
                for g in range(rows.shape[1]):
                    rows[i, g] += c * table[k, g]


def log_rates(s: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return the log rates of the cells of scene `s` as distinct rows, and the row of each cell; as `class_log_rates`.

    Where nothing acts by degree, cells of one class share a row.
    """
    rows, row_of = class_log_rates(s)
    degrees = coefficients(s)
    if not degrees:
        return rows, row_of
    rows = rows[row_of]
    for name, degree in degrees.items():
        # rows of genes side by side, or the inner loop would stride
        _add(rows, np.ascontiguousarray(degree, np.float32), np.ascontiguousarray(s[name], np.float32))
    return rows, np.arange(len(row_of))


def mixture(s: Scene, partner: Scene | None = None) -> Mixture:
    """Return what the expected counts of the cells of a scene are made of.

    Parameters
    ----------
    s
        The cells that are seen.
    partner
        Second cells of the droplets, one per cell of `s`; used where the cell is a doublet.
    """
    own, row_of = log_rates(s)
    tables, rows = [np.exp(own, out=own)], [row_of]
    kept = 1.0 - s.knobs["swapping"]
    weights = [kept * s["cell_depth"]]
    start = len(own)
    if partner is not None:
        second, row_of = log_rates(partner)
        tables.append(np.exp(second, out=second))
        rows.append(start + row_of)
        weights.append(np.where(s["doublet"], kept * partner["cell_depth"], 0.0))
        start += len(second)
    for name, row_of, amount in _added(s):
        tables.append(s[name].astype(np.float32))
        rows.append(start + row_of)
        weights.append(np.full(row_of.size, amount))
        start += len(s[name])
    rates = tables[0] if len(tables) == 1 else np.vstack(tables)
    return Mixture(rates, np.stack(rows, axis=1).astype(np.int32), np.stack(weights, axis=1))


def _added(s: Scene) -> list[tuple[str, np.ndarray, float]]:
    """Return what every droplet gets beside its cells: the table, the row of each cell, and how much of it."""
    sample = s["donor"] * s.n("batch") + s["batch"]
    ambient = s.knobs["ambient"] * s.knobs["depth"]
    found = [("swap_profile", s["batch"], float(s.knobs["swapping"])), ("ambient_profile", sample, float(ambient))]
    return [each for each in found if each[2] > 0.0]
