"""Draw chains that passed selection: candidates are generated until one is accepted, by address."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np

from rashomon.core import RashomonError, UsageError
from rashomon.sim.selection.cap import caps
from rashomon.sim.selection.model import Selection
from rashomon.sim.stream import uniforms, unit_keys
from rashomon.sim.vdj import Level, RecombinationModel, Recombinations, recombine

__all__ = ["MAX_CANDIDATES", "select"]

MAX_CANDIDATES = 1 << 20
"""Candidates that a unit can have: candidate c of unit u has the address ``u * MAX_CANDIDATES + c``."""

_SLICE, _BATCH = 32_768, 65_536
"""Units worked on at once, and candidates drawn at once; what is selected depends on neither."""


class _Wanted(NamedTuple):
    units: np.ndarray
    v: np.ndarray
    j: np.ndarray
    log_cap: np.ndarray


def select(  # noqa: PLR0913 - the conditions are independent, as in recombine
    model: RecombinationModel,
    selection: Selection,
    key: np.uint64,
    units: np.ndarray,
    *,
    v: np.ndarray | None = None,
    j: np.ndarray | None = None,
    level: Level = "allele",
    n_most: int = 10_000,
) -> Recombinations:
    """Return one selected productive chain for each of `units`, by rejection.

    Candidates are drawn from `model`; each is accepted with probability ``min(1, Q / cap)``. Some 30 candidates are
    needed for one chain. What has a Q above the cap is less frequent than it should be: the share of the mass of Q that
    is lost is ``selection.cut`` (0.5 % in a fit made here) where V and J are free.

    Parameters
    ----------
    model
        Recombination model that `selection` was fitted on.
    selection
        From `rashomon.sim.selection.shipped.learned_selection` or `rashomon.sim.selection.fit.fit_selection`.
    key
        From `rashomon.sim.stream.stream_key`: names the stream of random numbers.
    units
        Numbers of receptors, integers in [0, 2**43), shape ``(n,)``. A chain depends on `model`, `selection`, `key`,
        its unit, and what is asked of its V and J; on nothing else.
    v, j
        Codes of the V and J that a chain must have, shape ``(n,)``, -1 where it is free; None: all are. What is drawn
        follows ``Q(chain) P(chain | v, j)``, scaled. The cap of each pair is that of a sample drawn for it: see
        `rashomon.sim.selection.cap.caps`, also for its cost.
    level
        Whether `v` and `j` count alleles or genes, as in `rashomon.sim.vdj.recombine`.
    n_most
        Candidates drawn for a unit before it is given up, 1 to `MAX_CANDIDATES`.

    Returns
    -------
    One chain per unit, in their order; `attempts` counts the events of all its candidates.

    Raises
    ------
    UsageError
        When the selection belongs to another model, or units, codes or `n_most` are out of range.
    RashomonError
        When no candidate of a unit was accepted.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> from rashomon.sim.selection.shipped import learned_selection
    >>> from rashomon.sim.vdj import recombination_model
    >>> model, key = recombination_model("human", "TRB"), stream_key(1, "receptor")
    >>> chains = select(model, learned_selection("human", "TRB"), key, np.arange(500))
    >>> len(chains), sum(b"C" in junction[1:] for junction in chains.junction_aa) < 10
    (500, True)
    """
    _check_model(model, selection)
    numbers = _checked(units, n_most=n_most)
    free = np.full(numbers.size, -1, dtype=np.int64)
    v_codes, j_codes = (free if codes is None else np.asarray(codes) for codes in (v, j))
    log_cap = caps(model, selection, v_codes, j_codes, level=level, n=numbers.size)
    wanted = _Wanted(numbers, v_codes, j_codes, log_cap)
    parts, places = [], []
    for first in range(0, max(numbers.size, 1), _SLICE):
        rows = np.arange(first, min(first + _SLICE, numbers.size))
        for chains, at in _accepted(model, selection, key, _Wanted(*(each[rows] for each in wanted)), level, n_most):
            parts.append(chains)
            places.append(rows[at])
    return _joined(parts)[np.argsort(np.concatenate(places))]


def _accepted(
    model: RecombinationModel, selection: Selection, key: np.uint64, wanted: _Wanted, level: Level, n_most: int
) -> list[tuple[Recombinations, np.ndarray]]:
    """Return the first accepted candidate of each unit, in parts, and the positions of the units."""
    event_key, accept_key = unit_keys(key, np.arange(2))
    pending, done = np.arange(wanted.units.size), 0
    n_before = np.zeros(wanted.units.size, dtype=np.int64)
    parts: list[tuple[Recombinations, np.ndarray]] = []
    while done < n_most and (pending.size or not parts):
        # few units left: several candidates of each at once; only the first accepted counts, so that n does not matter
        n = int(np.clip(_BATCH // max(pending.size, 1), 1, n_most - done))
        rows = np.repeat(pending, n)
        address = wanted.units[rows] * MAX_CANDIDATES + np.tile(np.arange(done, done + n), pending.size)
        made = recombine(model, event_key, address, v=wanted.v[rows], j=wanted.j[rows], level=level)
        log_q = selection.log_q(made.junction_aa, made.v_genes(), made.j_genes())
        good = np.log(uniforms(accept_key, address)[:, 0]) < log_q - wanted.log_cap[rows]
        good = good.reshape(pending.size, n)
        hit, first = good.any(axis=1), good.argmax(axis=1)
        attempts = np.cumsum(made.attempts.reshape(pending.size, n), axis=1, dtype=np.int64)
        kept = np.flatnonzero(hit)
        events = attempts[kept, first[kept]] + n_before[pending[kept]]
        chosen = made[kept * n + first[kept]]
        parts.append((replace(chosen, attempts=events.astype(np.int32)), pending[kept]))
        n_before[pending] += attempts[:, -1]
        pending, done = pending[~hit], done + n
    if pending.size:
        raise _given_up(wanted, int(pending[0]), pending.size, n_most)
    return parts


def _joined(parts: list[Recombinations]) -> Recombinations:
    names = [field.name for field in fields(Recombinations) if field.name != "model"]
    return Recombinations(parts[0].model, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _check_model(model: RecombinationModel, selection: Selection) -> None:
    same = (model.species, model.locus) == (selection.species, selection.locus)
    if not (same and model.v_genes == selection.v_genes and model.j_genes == selection.j_genes):
        raise UsageError(
            f"the selection is of {selection.species} {selection.locus}, the model of {model.species} {model.locus}",
            where="model, selection",
            expected="a selection fitted on this model, with the same genes",
            fix="use learned_selection(model.species, model.locus) or fit_selection",
            code="selection.model",
        )


def _checked(units: np.ndarray, *, n_most: int) -> np.ndarray:
    numbers = np.asarray(units)
    whole = numbers.ndim == 1 and (numbers.dtype.kind in "iu" or numbers.size == 0)
    if not whole or (numbers.size and not 0 <= numbers.min() <= numbers.max() < 2**63 // MAX_CANDIDATES):
        raise UsageError(
            "units are no numbers of receptors",
            where="units",
            expected="integers in [0, 2**43)",
            code="selection.units",
        )
    if not 1 <= n_most <= MAX_CANDIDATES:
        raise UsageError(
            f"n_most is {n_most}", where="n_most", expected=f"1 to {MAX_CANDIDATES}", code="selection.units"
        )
    return numbers.astype(np.int64)


def _given_up(wanted: _Wanted, row: int, n_left: int, n_most: int) -> RashomonError:
    return RashomonError(
        f"no candidate was accepted for {n_left} units in {n_most:,} candidates each",
        where=f"first: unit {wanted.units[row]}, V code {wanted.v[row]}, J code {wanted.j[row]} (-1: free)",
        expected="about one in 25 candidates accepted",
        fix="allow more candidates with n_most",
        code="selection.candidates",
    )
