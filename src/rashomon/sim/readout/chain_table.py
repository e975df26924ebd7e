"""Chains as a machine reads them, in columns, with the cell that each truly comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numba
import numpy as np

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.dataset.receptors import same_length
from rashomon.io.receptor.codon import translate
from rashomon.sim.stream import mix, stream_key, unit_keys

__all__ = ["SOURCES", "VDJ", "VJ", "ChainTable", "derived_units", "own_chains", "read_junctions"]

SOURCES = ("own", "hop", "ambient", "doublet")
"""How a chain came to its cell, in the order of their codes."""

VDJ, VJ = 0, 1
"""Codes of the arms: chains with and without a D gene."""


@dataclass(frozen=True, eq=False)
class ChainTable:
    """One row per chain of a cell; functions add rows behind and change values, but no row vanishes before `seen`.

    Parameters
    ----------
    unit
        Address of the random numbers of the row, ``int64``, shape ``(n_chains,)``, distinct.
    cell
        Cell (droplet) in which the chain is read, ``int64``, at least 0: a place in columns of cells.
    arm
        ``int8``: 0 vdj (TRB, TRD, IGH), 1 vj (TRA, TRG, IGK, IGL).
    source
        ``int8`` codes in `SOURCES`.
    origin
        Cell that the chain truly comes from, ``int64``: `cell` where the source is ``own``, and rarely elsewhere, as a
        molecule can come back by way of another cell.
    v, j
        Calls: codes and texts, several genes separated by commas.
    junction, junction_aa
        Nucleotides and amino acids, bytes (``S``); amino acids are empty where the frame is broken or a stop appears.
    umis, reads
        Molecules (``duplicate_count``) and reads (``consensus_count``), ``int64``; 0: not seen.
    productive
        Whether the junction is in frame and has no stop.

    Raises
    ------
    UsageError
        When the columns differ in length.
    """

    unit: np.ndarray
    cell: np.ndarray
    arm: np.ndarray
    source: np.ndarray
    origin: np.ndarray
    v: GeneCalls
    j: GeneCalls
    junction: np.ndarray
    junction_aa: np.ndarray
    umis: np.ndarray
    reads: np.ndarray
    productive: np.ndarray

    def __post_init__(self) -> None:
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {name: value.codes if isinstance(value, GeneCalls) else value for name, value in columns.items()}
        same_length(plain, self.n_chains, where="chains")

    @property
    def n_chains(self) -> int:
        """Number of rows."""
        return int(self.unit.size)

    def take(self, rows: np.ndarray) -> ChainTable:
        """Return some chains, `rows` being positions or a mask."""
        columns: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            columns[each.name] = value.take(rows) if isinstance(value, GeneCalls) else value[rows]
        return ChainTable(**columns)

    def seen(self) -> ChainTable:
        """Return the chains with at least one molecule: what a file holds."""
        return self.take(self.umis > 0)

    def merged(self) -> ChainTable:
        """Return the chains with those of a cell that no machine can tell apart as one: the first, with all molecules.

        Chains are the same where cell, arm, calls and nucleotides are.
        """
        nt = np.unique(self.junction, return_inverse=True)[1]
        keys = np.stack([self.cell, self.arm, self.v.codes, self.j.codes, nt]).astype(np.int64)
        order = np.lexsort((np.arange(self.n_chains), *keys))
        new = np.append(True, (np.diff(keys[:, order], axis=1) != 0).any(axis=0))[: self.n_chains]
        group = np.cumsum(new) - 1
        umis, reads = self.umis.copy(), self.reads.copy()
        for counts in (umis, reads):
            total = np.zeros(int(new.sum()), dtype=np.int64)
            np.add.at(total, group, counts[order])
            counts[order[new]] = total
        return replace(self, umis=umis, reads=reads).take(np.sort(order[new]))

    def thinned(self, umis: np.ndarray) -> ChainTable:
        """Return the chains with fewer molecules, `umis`; reads shrink in proportion, to at least one per molecule."""
        share = np.divide(umis, self.umis, out=np.zeros(self.n_chains), where=self.umis > 0)
        reads = np.maximum(np.floor(self.reads * share).astype(np.int64), umis)
        return replace(
            self, umis=np.where(self.umis > 0, umis, 0), reads=np.where(umis == self.umis, self.reads, reads)
        )

    def followed(self, rows: np.ndarray, *, source: str, cell: np.ndarray, umis: np.ndarray) -> ChainTable:
        """Return the chains, and behind them copies of some of them in other cells.

        Parameters
        ----------
        rows
            Positions of the chains that are copied.
        source
            How they came there, see `SOURCES`.
        cell
            Where each copy is read.
        umis
            Molecules of each copy, one read each.
        """
        copies = self.take(rows)
        added = replace(
            copies, unit=derived_units(copies.unit, cell, source), cell=np.asarray(cell, dtype=np.int64),
            source=np.full(rows.size, SOURCES.index(source), dtype=np.int8), umis=np.asarray(umis, dtype=np.int64),
            reads=np.asarray(umis, dtype=np.int64),
        )  # fmt: skip
        columns: dict[str, Any] = {}
        for each in fields(self):
            one, other = getattr(self, each.name), getattr(added, each.name)
            if isinstance(one, GeneCalls):
                columns[each.name] = GeneCalls(np.concatenate([one.codes, other.codes]), one.names)
            else:
                columns[each.name] = np.concatenate([one, other])
        return ChainTable(**columns)


def own_chains(cell: np.ndarray, arm: np.ndarray, junction: np.ndarray, *, v: GeneCalls, j: GeneCalls) -> ChainTable:
    """Return the true chains of cells as a table: one molecule and one read each.

    Parameters
    ----------
    cell
        Cell of each chain, at least 0, shape ``(n_chains,)``.
    arm
        0 vdj, 1 vj.
    junction
        Nucleotides, upper case bytes (``S``).
    v, j
        Calls.

    Returns
    -------
    The chains. The address of a chain is its cell, its arm, and its place among the chains of that arm of its cell.

    Raises
    ------
    UsageError
        When the columns differ in length, an arm is neither 0 nor 1, or a cell is negative.

    Examples
    --------
    >>> calls = GeneCalls.from_texts(["TRBV9*01", "TRAV1-2*01"])
    >>> found = own_chains(np.array([4, 4]), np.array([0, 1]), np.array([b"TGTGCCTTT", b"TGTTAATTT"]), v=calls, j=calls)
    >>> found.junction_aa.tolist(), found.productive.tolist()
    ([b'CAF', b''], [True, False])
    """
    cells, arms = np.asarray(cell, dtype=np.int64), np.asarray(arm)
    if (cells < 0).any() or not np.isin(arms, (VDJ, VJ)).all():
        raise UsageError("cells or arms are out of range", where="chains", expected="cells of at least 0, arms 0 or 1")
    nt = np.asarray(junction, dtype="S")
    aa, productive = read_junctions(nt)
    group = 2 * cells + arms
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], group[order])
    place = np.empty(cells.size, dtype=np.int64)
    place[order] = np.arange(cells.size) - first
    return ChainTable(
        unit=group * 64 + place, cell=cells, arm=arms.astype(np.int8), source=np.zeros(cells.size, dtype=np.int8),
        origin=cells, v=v, j=j, junction=nt, junction_aa=aa, umis=np.ones(cells.size, dtype=np.int64),
        reads=np.ones(cells.size, dtype=np.int64), productive=productive,
    )  # fmt: skip


def read_junctions(junction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the amino acids of junctions, empty where they are not productive, and which are.

    Parameters
    ----------
    junction
        Nucleotides, upper case bytes.

    Examples
    --------
    >>> read_junctions(np.array([b"TGTGCC", b"TGTGC", b""]))
    (array([b'CA', b'', b''], dtype='|S2'), array([ True, False, False]))
    """
    aa = translate(junction)
    productive = (aa != b"") & (np.strings.find(aa, b"*") < 0) & (np.strings.find(aa, b"_") < 0)
    return np.where(productive, aa, b""), productive


def derived_units(units: np.ndarray, cells: np.ndarray, word: str) -> np.ndarray:
    """Return addresses of copies: of the chains `units`, read in `cells`, made in the way that `word` says; ``int64``.

    Examples
    --------
    >>> one, other = derived_units(np.array([7, 7]), np.array([1, 2]), "hop")
    >>> bool(one != other)
    True
    """
    first = unit_keys(stream_key(0, "chains", word), np.asarray(units, dtype=np.int64))
    return np.asarray(_pairs(first, np.asarray(cells, dtype=np.int64)))


@numba.njit(cache=True, nogil=True)
def _pairs(first: np.ndarray, cells: np.ndarray) -> np.ndarray:
    found = np.empty(first.size, dtype=np.int64)
    for i in range(first.size):
        found[i] = np.int64(mix(first[i] ^ mix(np.uint64(cells[i]) + np.uint64(1))) >> np.uint64(1))
    return found
