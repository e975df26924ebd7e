"""Draw receptor chains from a model of V(D)J recombination, by address and by as many threads as allowed.

V(D)J recombination is what happens before the thymus: what is drawn here is not a repertoire, which is selected.
"""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError
from rashomon.core.thread import run_threads
from rashomon.sim.stream import unit_keys
from rashomon.sim.vdj.choice import Choices, Level, choices, known_codes
from rashomon.sim.vdj.event import COLUMNS, Recombinations
from rashomon.sim.vdj.kernel import N_COLUMNS, Output, fill, spread
from rashomon.sim.vdj.model import RecombinationModel
from rashomon.sim.vdj.table import tables

__all__ = ["MAX_ATTEMPTS", "recombine"]

MAX_ATTEMPTS = 1_000_000
"""Events drawn for one chain before it is given up; about 4 are needed where nothing is asked of V and J."""

_BLOCK = 8192
"""Chains drawn at once; what is drawn does not depend on it."""


def recombine(
    model: RecombinationModel,
    key: np.uint64,
    units: np.ndarray,
    *,
    v: np.ndarray | None = None,
    j: np.ndarray | None = None,
    level: Level = "allele",
    productive: bool = True,
) -> Recombinations:
    """Return one recombined chain for each of `units`.

    Parameters
    ----------
    model
        From `rashomon.sim.vdj.model.recombination_model`.
    key
        From `rashomon.sim.stream.stream_key`: names the stream of random numbers.
    units
        Numbers of receptors, integers of at least 0, shape ``(n,)``. A chain depends on `model`, `key`, `productive`,
        its unit, and what is asked of its V and J; on nothing else, so that any part of a repertoire can be drawn
        alone.
    v, j
        Codes of the V and J that a chain must have, shape ``(n,)``, -1 where it is free; None: all are. What is drawn
        has the law of the model given them, ``P(event | v, j)``, and given that it is productive where asked.
    level
        Whether `v` and `j` count alleles (positions in ``v_names``, ``j_names``) or genes (``v_genes``, ``j_genes``);
        the allele of a gene is then drawn with the rest of the event.
    productive
        Whether events are drawn until one is productive; else the first is kept, whatever it is.

    Raises
    ------
    UsageError
        When a code is unknown or has probability 0, or no productive event was found in `MAX_ATTEMPTS`.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> from rashomon.sim.vdj.model import recombination_model
    >>> model, key = recombination_model("human", "TRB"), stream_key(1, "receptor")
    >>> chains = recombine(model, key, np.arange(1000), v=np.full(1000, model.v_names.index("TRBV19*01")))
    >>> {model.v_names[code] for code in chains.v}, chains.junction_aa[0][:1]
    ({'TRBV19*01'}, b'C')
    """
    keys = unit_keys(key, _units(units))
    choice = choices(model, level)
    v_codes, j_codes = known_codes(v, keys.size, choice.n_v, name="v"), known_codes(j, keys.size, choice.n_j, name="j")
    _check_mass(model, choice, v_codes, j_codes, level=level, productive=productive)
    groups = np.column_stack(choice.groups(v_codes, j_codes))
    out, letters, residues = _empty(keys.size)
    arrays = tables(model, level)

    def draw(block: int) -> None:
        rows = slice(block * _BLOCK, (block + 1) * _BLOCK)
        n = keys[rows].size
        scratch = np.empty(n * model.max_length, np.uint8), np.empty(n * (model.max_length // 3 + 1), np.uint8)
        part = out._replace(nucleotides=scratch[0], residues=scratch[1])
        n_nt, n_aa, failed = fill(arrays, groups[rows], keys[rows], productive, MAX_ATTEMPTS, part, rows.start)
        if failed >= 0:
            row = rows.start + failed
            raise _given_up(model, int(v_codes[row]), int(j_codes[row]), level)
        letters[block], residues[block] = scratch[0][:n_nt].copy(), scratch[1][:n_aa].copy()

    run_threads(draw, range(-(-keys.size // _BLOCK)))
    junction = _table(letters, out.size)
    junction_aa = _table(residues, np.where(out.size % 3, 0, out.size // 3))
    columns = (*out.event, junction, junction_aa, out.productive, out.attempts)
    return Recombinations(model, **dict(zip(COLUMNS, columns, strict=True)))


def _units(units: np.ndarray) -> np.ndarray:
    found = np.asarray(units)
    if found.ndim != 1 or (found.size and (found.dtype.kind not in "iu" or found.min() < 0)):
        raise UsageError("units are no list of numbers", where="units", expected="integers >= 0", code="vdj.units")
    return found.astype(np.int64)


def _check_mass(
    model: RecombinationModel, choice: Choices, v: np.ndarray, j: np.ndarray, *, level: Level, productive: bool
) -> None:
    absent = np.flatnonzero(choice.mass(v, j, functional=productive) <= 0)
    if absent.size:
        row = int(absent[0])
        asked = _asked(model, int(v[row]), int(j[row]), level)
        kind = "a productive chain" if productive else "a chain"
        raise UsageError(
            f"{kind} with {asked} has probability 0 in the model of {model.species} {model.locus}",
            where=f"{absent.size} of {v.size} units, first at position {row}",
            expected="alleles that the model knows, functional ones where chains must be productive",
            code="vdj.impossible",
        )


def _asked(model: RecombinationModel, v: int, j: int, level: Level) -> str:
    v_names, j_names = (model.v_names, model.j_names) if level == "allele" else (model.v_genes, model.j_genes)
    return " and ".join(names[code] for names, code in ((v_names, v), (j_names, j)) if code >= 0) or "any V and J"


def _given_up(model: RecombinationModel, v: int, j: int, level: Level) -> UsageError:
    return UsageError(
        f"no productive chain with {_asked(model, v, j, level)} in {MAX_ATTEMPTS:,} events",
        where=f"model of {model.species} {model.locus}",
        expected=f"V and J of which at least one event in {MAX_ATTEMPTS // 20:,} is productive",
        fix="ask for another V or J, or for productive=False",
        code="vdj.attempts",
    )


def _empty(n: int) -> tuple[Output, dict[int, np.ndarray], dict[int, np.ndarray]]:
    none = np.empty(0, dtype=np.uint8)
    event = np.empty((N_COLUMNS, n), dtype=np.int16)
    return Output(event, np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.bool_), none, none), {}, {}


def _table(letters: dict[int, np.ndarray], sizes: np.ndarray) -> np.ndarray:
    """Return the sequences of all blocks as an array of bytes, as wide as the longest."""
    width = max(int(sizes.max(initial=0)), 1)
    table = np.zeros((sizes.size, width), dtype=np.uint8)

    def write(block: int) -> None:
        rows = slice(block * _BLOCK, (block + 1) * _BLOCK)
        spread(letters[block], sizes[rows], table[rows])

    run_threads(write, letters)
    return np.asarray(table.view(f"S{width}").ravel())
