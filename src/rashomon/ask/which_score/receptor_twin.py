"""Twins of receptors as steps of a plan: fitted once to labelled receptors, drawn many times, and scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.receptor.stratum import matched_strata
from rashomon.ask.which_score.receptor_score import REACHABLE, SEEN, STRATA
from rashomon.ask.which_score.trial import PLANTED
from rashomon.core import Step, UsageError
from rashomon.dataset import Dataset, GeneCalls, Receptors, Roles, Truth, TruthKind
from rashomon.engine import Call
from rashomon.multiverse import slots_of
from rashomon.sim.judge_receptor import receptors_of
from rashomon.sim.pack import pack_world, unpack_world
from rashomon.sim.repertoire_estimate import fit_receptors
from rashomon.sim.repertoire_estimate.used import FEWEST_OF_LABEL
from rashomon.sim.world import World

__all__ = [
    "MOST",
    "draw_receptor_call",
    "draw_receptor_twin",
    "fit_receptor_call",
    "fit_receptor_twin",
]

MOST = 2000
"""Receptors that a twin is fitted to and drawn with."""

_LABELS = "labels"
_CODE = "code_"
_ROLES = ("donor", "batch")
_NO_FAMILY = {"label_strength": 0.0, "family_strength": 0.0}
_WRITTEN = ("receptors", "rows", "owner", "species", "v_names", "j_names", "v_raw_names", "j_raw_names")


def fit_receptor_call(slot: str, *, roles: Sequence[str], max_obs: int = MOST) -> Call:
    """Return the call that fits a twin to the receptors at the root.

    Parameters
    ----------
    slot
        Slot of the labels that are planted: ``int32`` codes, below 0 where unknown, which the question adds to the
        root.
    roles
        ``donor`` and ``batch``, where the data have them.
    max_obs
        Receptors that the twin is fitted to: a random part where there are more, labelled ones first.
    """
    reads = ("receptors", "species", "v_names", "j_names", slot, *roles)
    step = Step("fit_receptor_twin", f"{__name__}:fit_receptor_twin", reads, ("twin",), stochastic=True,
                summary="Fit a world to receptors.")  # fmt: skip
    return Call(step, {"roles": list(roles), "max_obs": max_obs})


def draw_receptor_call(*, replicate: int, strength: float | None, chain: str) -> Call:
    """Return the call that draws receptors of a fitted twin in place of the data.

    Parameters
    ----------
    replicate
        Number of the draw; draws of all strengths with one number share their random numbers.
    strength
        Knob ``label_strength``: by how much more, or less, receptors of one label are alike than was fitted. None: the
        background, in which receptors are as alike as V, J and length make them.
    chain
        What is compared: ``vdj``, ``vj`` or ``paired``.
    """
    writes = (*_WRITTEN, PLANTED, SEEN, REACHABLE, STRATA)
    step = Step("draw_receptor_twin", f"{__name__}:draw_receptor_twin", ("twin",), writes,
                stochastic=True, stream=("replicate",), summary="Draw receptors of a fitted world.")  # fmt: skip
    return Call(step, {"replicate": replicate, "strength": strength, "chain": chain})


def fit_receptor_twin(  # noqa: PLR0913 - the slots it reads
    receptors: np.ndarray,
    species: np.ndarray,
    v_names: np.ndarray,
    j_names: np.ndarray,
    labels: np.ndarray,
    *codes: np.ndarray,
    roles: list[str],
    max_obs: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return a world fitted to receptors, as bytes; `rashomon.sim.pack.unpack_world` reads it.

    Parameters
    ----------
    receptors, species, v_names, j_names
        Slots of the data; of two chains of an arm the first is used.
    labels
        Codes of the labels, shape ``(n_obs,)``.
    *codes
        Codes of `roles`, likewise.
    roles, max_obs
        See `fit_receptor_call`.
    rng
        Chooses receptors, and is the seed of the fit.

    Raises
    ------
    UsageError
        As `rashomon.sim.repertoire_estimate.fit_receptors`: no model, too few receptors or labels, or labels that
        cannot be told from batches or donors.
    """
    kept = np.arange(labels.size)
    if kept.size > max_obs:
        order = np.lexsort((rng.random(kept.size), labels < 0))
        kept = np.sort(order[:max_obs])
    columns = {_LABELS: labels, **dict(zip(roles, codes, strict=True))}
    truths = {name: _truth(name, values[kept]) for name, values in columns.items()}
    dataset = Dataset(
        pd.DataFrame(index=pd.RangeIndex(kept.size).astype(str)),
        receptors=_chains(receptors[kept], (_texts(v_names), _texts(j_names)), species[0].decode()),
        truths={_LABELS: truths[_LABELS]},
        roles=Roles(**{role: truths[role] for role in roles}),
        item="receptor",
        source="the data",
    )
    return pack_world(fit_receptors(dataset, _LABELS, rng=int(rng.integers(2**63))))


def draw_receptor_twin(
    twin: np.ndarray, *, replicate: int, strength: float | None, chain: str, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Return the slots of the unique receptors of one draw, with what was planted.

    Parameters
    ----------
    twin
        From `fit_receptor_twin`.
    replicate, strength, chain
        See `draw_receptor_call`.
    rng
        Seed of the draw, and chooses the labels that a score may look at.
    """
    del replicate
    fitted = unpack_world(twin)
    knobs = _NO_FAMILY if strength is None else {"label_strength": float(strength)}
    world = World(fitted.name, {**fitted.given, **knobs}, fitted.summary, fitted.n_obs, fitted.fitted, fitted.labels,
                  parts=fitted.parts)  # fmt: skip
    found = receptors_of(world.sample(rng=int(rng.integers(2**63))))
    slots: dict[str, Any] = slots_of(found)
    truth = found.truths["epitope"]
    code = np.array([*(int(name.removeprefix(_CODE)) for name in truth.categories), -1], dtype=np.int32)
    planted = code[truth.codes.clip(-1)]
    reachable = np.where(_in_family(found, chain), planted, -1).astype(np.int32)
    strata = matched_strata(found, chain=chain)
    return (*(slots[name] for name in _WRITTEN), planted, _half(planted, rng), reachable, strata)


def _in_family(found: Dataset, chain: str) -> np.ndarray:
    """Return which receptors are in a family of alike ones, in the arm that is compared or in any."""
    arms = {"vdj": ("beta_family",), "vj": ("alpha_family",)}.get(chain, ("beta_family", "alpha_family"))
    codes = [found.truths[name].codes >= 0 for name in arms if name in found.truths]
    return np.any(codes, axis=0) if codes else np.zeros(found.n_obs, dtype=bool)


def _half(planted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the labels of a random half of the receptors of every label, -2 elsewhere."""
    order = np.lexsort((rng.random(planted.size), planted))
    sorted_codes = planted[order]
    first = np.searchsorted(sorted_codes, sorted_codes)
    even = np.zeros(planted.size, dtype=bool)
    even[order] = (np.arange(planted.size) - first) % 2 == 0
    return np.where(even & (planted >= 0), planted, -2).astype(np.int32)


def _truth(name: str, codes: np.ndarray) -> Truth:
    """Return a column whose classes are named by their codes, so that draws can be read back."""
    sizes = np.bincount(codes[codes >= 0], minlength=1)
    fewest = FEWEST_OF_LABEL if name == _LABELS else 1
    known = (codes >= 0) & (sizes[np.maximum(codes, 0)] >= fewest)
    if not known.any():
        raise UsageError(
            f"no class of {name} has {fewest} receptors", where="twin", expected="labels", fix=f"declare another {name}"
        )
    used, compact = np.unique(codes[known], return_inverse=True)
    found = np.full(codes.size, -1, dtype=np.int32)
    found[known] = compact
    kind: TruthKind = "biological" if name == _LABELS else "technical"
    return Truth(name, kind, found, tuple(f"{_CODE}{code}" for code in used))


def _chains(items: np.ndarray, names: tuple[np.ndarray, np.ndarray], species: str) -> Receptors:
    """Return the first chain of each arm of the items as columns."""
    parts = [(arm, np.flatnonzero(items[arm]["aa"] != b"")) for arm in ("vdj", "vj")]
    chain = {
        name: np.concatenate([items[arm][name][rows] for arm, rows in parts])
        for name in ("aa", "nt", "v", "j", "locus", "productive")
    }
    obs = np.concatenate([rows for _, rows in parts])
    v, j = (GeneCalls.from_texts(texts[chain[part]]) for texts, part in zip(names, ("v", "j"), strict=True))
    none = GeneCalls(np.full(obs.size, -1, dtype=np.int32), ())
    return Receptors(obs, chain["locus"], chain["aa"], chain["nt"], v, j, v, j, none, none,
                     np.full(obs.size, np.nan), chain["productive"], species)  # fmt: skip


def _texts(names: np.ndarray) -> np.ndarray:
    """Return the names behind codes as text; the last, for no call, is empty."""
    return np.array([*(name.decode() for name in names.tolist()), ""], dtype=object)
