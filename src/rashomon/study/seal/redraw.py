"""Simulated cells drawn again from what their mark says, and compared value by value."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset import WorldFacts
from rashomon.sim.catalogue import WORLDS
from rashomon.sim.part import EXPRESSION, RECEPTORS, Part
from rashomon.sim.simulation import Simulation
from rashomon.sim.world import World

__all__ = ["MOST_CELLS", "Redrawn", "cell_numbers", "redraw", "world_of"]

_CELL = re.compile(r"cell_(\d+)(_chain_\d+)?")
_PARTS: tuple[tuple[Part, ...], ...] = ((EXPRESSION,), (RECEPTORS,), (EXPRESSION, RECEPTORS))

MOST_CELLS = 20_000
"""Cells that are drawn again; of a larger file the first ones."""


class Redrawn(NamedTuple):
    """Whether the data are those of the world, and why."""

    fits: Literal["yes", "no", "not known"]
    said: str


def world_of(facts: WorldFacts) -> World | None:
    """Return the world that a mark describes; None where it does not describe all of it.

    Parameters
    ----------
    facts
        What the file says. A world that was fitted to data has tables of which a mark has only the names.
    """
    if not facts.call:
        # a table holds no more than the name; the digest says whether it is the one of the catalogue
        known = WORLDS[facts.name].world if facts.name in WORLDS else None
        return known if known is not None and known.digest == facts.digest else None
    knobs, done = facts.call.get("knobs"), facts.call.get("do", {})
    if not isinstance(knobs, dict) or not isinstance(done, dict) or facts.call.get("fitted"):
        return None
    for parts in _PARTS:
        try:
            made = World(facts.name, knobs, done=done, parts=parts)
        except (UsageError, TypeError, ValueError):
            # the mark does not say what is generated: knobs that a part does not have tell
            continue
        if made.digest == facts.digest:
            return made
    return None


def redraw(world: World, seed: str, adata: Any) -> Redrawn:
    """Draw the cells of a file again, and compare the counts.

    Cells and genes may have been left out or reordered: those that are there are compared, by their names.

    Parameters
    ----------
    world
        Of the mark.
    seed
        Root of its random numbers, as text.
    adata
        The file as anndata reads it: counts in ``X``, a layer or ``raw``.
    """
    numbers = cell_numbers(adata.obs_names)
    if numbers is None or not seed.isdigit() or EXPRESSION not in world.parts:
        return Redrawn("not known", "cells have other names than ours, or no counts; they are not drawn again")
    whole = np.array_equal(np.sort(numbers), np.arange(numbers.size))
    if RECEPTORS in world.parts and not whole:
        return Redrawn("not known", "a part of the cells of a lane cannot be drawn again")
    rows = np.flatnonzero(numbers < MOST_CELLS)
    if rows.size == 0:
        return Redrawn("not known", f"none of the first {MOST_CELLS:,} cells is in the file")
    drawn = world.sample(int(numbers[rows].max()) + 1, rng=int(seed))
    return _compare(drawn, adata, numbers, rows)


def _compare(drawn: Simulation, adata: Any, numbers: np.ndarray, rows: np.ndarray) -> Redrawn:
    columns = drawn.var.index.get_indexer(adata.var_names)
    if (columns < 0).any():
        return Redrawn("no", f"{int((columns < 0).sum())} genes are not of this world")
    slots = {"X": adata.X, **{f"layers[{name!r}]": layer for name, layer in adata.layers.items()}}
    wanted = drawn.counts[numbers[rows]][:, columns]
    n_other = {name: _n_other(values, wanted, rows) for name, values in slots.items() if values is not None}
    if not n_other:
        return Redrawn("not known", "there are no counts in the file")
    wrong = _wrong_label(drawn, adata, numbers, rows)
    if wrong:
        return Redrawn("no", wrong)
    slot, n = min(n_other.items(), key=lambda item: item[1])
    if n:
        return Redrawn("no", f"{n:,} values of {slot} are not those that the world draws (changed, or other versions)")
    labels = " and every declared label" if any(name in adata.obs for name in drawn.declared) else ""
    part = "" if rows.size == numbers.size else f"of the first {MOST_CELLS:,} cells "
    return Redrawn("yes", f"{part}all {rows.size:,} were drawn again, and {slot} is the same in every count{labels}")


def cell_numbers(names: Any) -> np.ndarray | None:
    """Return the number of each cell; None where one of the `names` is not as we name cells.

    Examples
    --------
    >>> cell_numbers(["cell_3", "cell_3_chain_2"]).tolist(), cell_numbers(["AAAC-1"])
    ([3, 3], None)
    """
    found = [_CELL.fullmatch(str(name)) for name in names]
    if not found or any(match is None for match in found):
        return None
    return np.array([int(match[1]) for match in found if match is not None], dtype=np.int64)


def _wrong_label(drawn: Simulation, adata: Any, numbers: np.ndarray, rows: np.ndarray) -> str:
    """Return which declared label column differs; empty where none does. Columns that were dropped are not missed."""
    for name in drawn.declared:
        if name in adata.obs:
            wanted = drawn.obs[name].astype(str).to_numpy(dtype=object)[numbers[rows]]
            n = int((adata.obs[name].astype(str).to_numpy(dtype=object)[rows] != wanted).sum())
            if n:
                return f"{n:,} labels of obs[{name!r}] are not those that the world draws (changed, or other versions)"
    return ""


def _n_other(values: Any, wanted: sp.csr_matrix, rows: np.ndarray) -> int:
    """Return in how many entries a matrix differs."""
    found = sp.csr_matrix(values)[rows]
    differs: Any = found != wanted
    return int(differs.nnz)
