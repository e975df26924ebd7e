"""What is known of the chains that were read of cells: every truth as a column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rashomon.sim.node import Scene
from rashomon.sim.readout import SOURCES
from rashomon.sim.repertoire.bcell import lineage_columns
from rashomon.sim.repertoire.chain_knob import turned
from rashomon.sim.repertoire.reading import Reading

__all__ = ["convergent", "reading_columns"]

_SOURCE_NAMES = ("own", "hopped", "ambient", "doublet", "none")
"""Classes of ``chain_source``: those of `SOURCES`, in their order, and cells of which no chain was seen."""


def convergent(s: Scene) -> np.ndarray:
    """Return which cells have a receptor that another donor made anew: same amino acids, other nucleotides.

    It is the junction of the chain with a D gene (of the other, where there is none) of the clone, before hypermutation
    and before anything is read. Clones of the same nucleotides are not counted: nobody can tell them from one clone.

    Parameters
    ----------
    s
        From `Scene.cells`, with all cells of the world.

    Returns
    -------
    ``bool``, shape ``(n_cells,)``.
    """
    clones, first, place = np.unique(s["clone"], return_index=True, return_inverse=True)
    chains = s["vdj" if s["vdj"].size else "vj"][first]
    donor = s["clone_donor"][clones]
    nt, same = (_counts(chains["junction"], other) for other in (None, donor))
    # clones of the same residues, less those of the same nucleotides or donor, which are counted twice if both
    differ = _counts(chains["junction_aa"], None) - nt - _counts(chains["junction_aa"], donor) + same
    return np.asarray((differ > 0)[place])


def _counts(words: np.ndarray, codes: np.ndarray | None) -> np.ndarray:
    """Return how many rows have the word, and the code, of each row."""
    group = np.unique(words, return_inverse=True)[1]
    if codes is not None:
        group = np.unique(group * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    return np.asarray(np.bincount(group)[group])


def reading_columns(s: Scene, reading: Reading) -> Iterator[tuple[str, object, str | None]]:
    """Yield name, values and kind (None: no label definition) of what is known of the chains that were read of cells.

    Parameters
    ----------
    s
        From `Scene.cells`, with all cells of the world.
    reading
        From `read_chains`.

    Notes
    -----
    ``chain_source`` is that of the first chain of a cell in the order of `Reading`, which tables take as its receptor;
    ``foreign_frac`` is the share of all its molecules that come from other cells, NaN where nothing was seen.
    """
    yield from lineage_columns(s)
    if s.n("donor") > 1:
        yield "convergent", convergent(s), None
    if not turned(s.knobs) and not s.knobs["doublet_rate"] and not s["doublet"].any():
        return
    n, of = s.units.size, reading.receptors.obs
    codes = np.full(n, len(SOURCES))
    cells, first = np.unique(of, return_index=True)
    codes[cells] = reading.source[first]
    names = pd.Index(_SOURCE_NAMES, dtype=object)
    yield "chain_source", pd.Categorical.from_codes(codes, categories=names), "technical"
    count = reading.receptors.count
    foreign, total = np.bincount(of, count * (reading.origin != of), n), np.bincount(of, count, n)
    yield "foreign_frac", np.divide(foreign, total, out=np.full(n, np.nan), where=total > 0), None
