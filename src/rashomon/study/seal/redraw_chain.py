"""Simulated receptors drawn again from what their mark says, and compared row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from rashomon.dataset import LOCI
from rashomon.sim.part import RECEPTORS
from rashomon.sim.simulation import Simulation
from rashomon.sim.world import World
from rashomon.study.seal.redraw import MOST_CELLS, Redrawn, cell_numbers

__all__ = ["FIELDS", "redraw_chains"]

_COMPARED = ("locus", "v_call", "j_call", "junction", "junction_aa")
FIELDS = ("cell_id", "sequence_id", *_COMPARED)
"""Columns of an AIRR table that are read to compare it."""


def redraw_chains(world: World, seed: str, rows: pd.DataFrame) -> Redrawn:
    """Draw the receptors of a table again, and compare genes and junctions.

    Rows may have been left out or reordered.

    Parameters
    ----------
    world
        Of the mark.
    seed
        Root of its random numbers, as text.
    rows
        Text; those of `FIELDS` that the table has.
    """
    names = rows.get("cell_id", rows.get("sequence_id"))
    numbers = None if names is None else cell_numbers(names)
    compared = [name for name in _COMPARED if name in rows]
    if numbers is None or "junction" not in compared or not seed.isdigit() or RECEPTORS not in world.parts:
        return Redrawn("not known", "the rows are not drawn again: cells have other names than ours, or no junction")
    kept = numbers < MOST_CELLS
    if not kept.any():
        return Redrawn("not known", f"none of the first {MOST_CELLS:,} cells is in the table")
    given = Counter(zip(numbers[kept], *(rows.loc[kept, name] for name in compared), strict=True))
    n_cells = int(numbers[kept].max()) + 1
    drawn = _chains(world.sample(n_cells, rng=int(seed)), compared)
    n_other = (given - drawn).total()
    if n_other == 0:
        said = f"{given.total():,} rows were drawn again, with the same {', '.join(compared)}"
        return Redrawn("yes", said)
    more = _chains(world.sample(n_cells + 1, rng=int(seed)), compared)
    if (drawn - more).total():
        # chains float between the cells of a lane: a part of the cells cannot be drawn alone
        return Redrawn("not known", "the receptors of this world depend on how many cells were drawn")
    return Redrawn("no", f"{n_other:,} rows are not those that the world draws (changed, or other versions)")


def _chains(drawn: Simulation, compared: Iterable[str]) -> Counter[tuple[object, ...]]:
    receptors = drawn.receptors
    if receptors is None:
        return Counter()
    columns = {
        "locus": np.array([*LOCI, ""], dtype=object)[receptors.locus],
        "v_call": receptors.v.texts,
        "j_call": receptors.j.texts,
        "junction": receptors.junction.astype(str),
        "junction_aa": receptors.junction_aa.astype(str),
    }
    return Counter(zip(receptors.obs, *(columns[name] for name in compared), strict=True))
