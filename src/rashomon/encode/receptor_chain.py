"""From receptors to the sequences that are compared: which chains, which of two, which lengths, which names."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean

__all__ = ["CHAINS", "DUALS", "SELECTED", "Chain", "Dual", "select_chains", "selected_dtype"]

Chain = Literal["vdj", "vj", "paired"]
Dual = Literal["primary", "any", "drop"]
CHAINS, DUALS = get_args(Chain), get_args(Dual)

SELECTED = ("item", "aa", "nt", "v", "j")
"""Fields of a selected chain: its item, its junction in amino acids and nucleotides, the codes of its V and J call."""


def selected_dtype(aa: int, nt: int) -> np.dtype[np.void]:
    """Return the type of selected chains whose junctions have at most `aa` residues and `nt` bases."""
    return np.dtype([("item", "i8"), ("aa", f"S{max(aa, 1)}"), ("nt", f"S{max(nt, 1)}"), ("v", "i4"), ("j", "i4")])


def select_chains(  # noqa: PLR0913 - the slots it reads, and the choices of an analyst
    receptors: np.ndarray,
    rows: np.ndarray,
    owner: np.ndarray,
    v_names: np.ndarray,
    j_names: np.ndarray,
    v_raw_names: np.ndarray,
    j_raw_names: np.ndarray,
    *,
    chain: Chain = "vdj",
    dual: Dual = "primary",
    genes: Literal["repaired", "as written"] = "repaired",
    unit: Literal["amino acids", "nucleotides"] = "amino acids",
    min_length: int = 8,
    max_length: int = 23,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the chains to compare, one item per clonotype of a donor.

    Parameters
    ----------
    receptors
        As `rashomon.dataset.receptor_items` makes them, shape ``(n,)``.
    rows, owner
        Position in the data set, and number of the donor of every row of the data set (`rashomon.dataset.owners`).
    v_names, j_names, v_raw_names, j_raw_names
        Names behind the codes, as repaired and as written; bytes.
    chain
        ``vdj`` (beta, delta, heavy), ``vj`` (alpha, gamma, light) or ``paired``: receptors without the chain are left
        out.
    dual
        Of two chains in an arm: the ``primary`` one (productive, most copies), ``any`` (both are compared, the better
        counts), or ``drop`` (such receptors are left out).
    genes
        Names of V and J ``repaired`` or ``as written``.
    unit
        What makes two receptors of a donor one item: ``amino acids`` and V and J, or ``nucleotides`` too.
    min_length, max_length
        Residues of a junction, anchors included. Junctions that do not start with C and end with F or W, or are known
        not to be productive, are left out too (for an item: where its first chain is).

    Returns
    -------
    vdj, vj
        Chains with the fields `SELECTED`; empty for an arm that is not compared. Items ascend in each.
    items
        Item of each row that is kept, shape ``(n_kept,)``; items are 0, 1, ... in the order of their first row.
    rows
        The rows that are kept.
    v_names, j_names
        Names behind the codes of the chains.

    Raises
    ------
    UsageError
        When `chain` or `dual` is unknown.
    """
    for name, value, options in (("chain", chain, CHAINS), ("dual", dual, DUALS)):
        if value not in options:
            raise UsageError(f"unknown {name} {value!r}", where="receptors", fix=did_you_mean(str(value), options))
    arms = ("vdj", "vj") if chain == "paired" else (chain,)
    kept = np.logical_and.reduce([_usable(receptors[arm], min_length, max_length) for arm in arms])
    if dual == "drop":
        kept &= np.logical_and.reduce([receptors[f"n_{arm}"] < 2 for arm in arms])
    chosen, rows = receptors[kept], rows[kept]
    raw = "" if genes == "repaired" else "_raw"
    slots = [slot for arm in arms for slot in ((arm, f"{arm}2") if dual == "any" else (arm,))]
    parts = ("aa", f"v{raw}", f"j{raw}", *(("nt",) if unit == "nucleotides" else ()))
    items, first = _number(chosen, owner[rows], slots, parts)
    found = {arm: _gather(chosen[first], arm, raw, dual, (min_length, max_length)) for arm in arms}
    empty = np.empty(0, dtype=selected_dtype(1, 1))
    names = (v_raw_names, j_raw_names) if raw else (v_names, j_names)
    return found.get("vdj", empty), found.get("vj", empty), items, rows, *names


def _usable(chain: np.ndarray, min_length: int, max_length: int) -> np.ndarray:
    length = np.strings.str_len(chain["aa"])
    anchored = np.strings.startswith(chain["aa"], b"C")
    anchored &= np.strings.endswith(chain["aa"], b"F") | np.strings.endswith(chain["aa"], b"W")
    usable: np.ndarray = anchored & (length >= min_length) & (length <= max_length) & (chain["productive"] != 0)
    return usable


def _number(
    chosen: np.ndarray, donor: np.ndarray, slots: list[str], parts: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the item of each row, and the first row of each item."""
    group = pd.factorize(donor)[0].astype(np.int64)
    for slot in slots:
        for part in parts:
            codes, names = pd.factorize(chosen[slot][part])
            group = pd.factorize(group * (len(names) + 1) + codes)[0].astype(np.int64)
    _, first = np.unique(group, return_index=True)
    return group, np.asarray(first, dtype=np.int64)


def _gather(chosen: np.ndarray, arm: str, raw: str, dual: Dual, lengths: tuple[int, int]) -> np.ndarray:
    slots = [arm]
    if dual == "any":
        slots.append(f"{arm}2")
    widths = [max(chosen[slot].dtype[part].itemsize for slot in slots) for part in ("aa", "nt")]
    tables = []
    for slot in slots:
        there = np.flatnonzero(_usable(chosen[slot], *lengths))
        table = np.zeros(there.size, dtype=selected_dtype(*widths))
        table["item"] = there
        for part in ("aa", "nt"):
            table[part] = chosen[slot][part][there]
        for part in ("v", "j"):
            table[part] = chosen[slot][f"{part}{raw}"][there]
        tables.append(table)
    both = np.concatenate(tables)
    return both[np.argsort(both["item"], kind="stable")]
