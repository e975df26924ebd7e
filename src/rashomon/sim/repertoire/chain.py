"""The chains of cells as `Receptors`: what a sequencer without faults would read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rashomon.dataset import LOCI, GeneCalls, Receptors
from rashomon.io.receptor.invariant import invariant_flags
from rashomon.io.receptor.junction_end import anchored
from rashomon.sim.lineage import CONSTANT_GENES
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.clone import clone_copies
from rashomon.sim.repertoire.epitope import ARMS_OF_MOTIFS
from rashomon.sim.repertoire.sequence import model_of

__all__ = ["carried_motif", "cell_receptors"]

_ARMS = {"vdj": "beta", "vj": "alpha"}


def carried_motif(s: Scene) -> np.ndarray:
    """Return the motif that each chain of each cell carries, shape ``(n_cells, 2)``: -1 also where none fitted."""
    found = np.array(s["clone_motif"][s["clone"]])
    for arm, name in _ARMS.items():
        column = ARMS_OF_MOTIFS.index(name)
        found[:, column] = np.where(s[arm]["start"] >= 0, found[:, column], -1) if s[arm].size else -1
    return found


def cell_receptors(s: Scene) -> Receptors:
    """Return the chains of the cells in play, those of a cell together, the chain with a D gene first.

    Parameters
    ----------
    s
        From `Scene.cells`; with all cells of the world where B cells mutate or switch their class.
    """
    arms = [arm for arm in _ARMS if s[arm].size]
    parts = [_of_arm(s, arm) for arm in arms]
    n = s.units.size
    obs = np.tile(np.arange(n), len(arms))
    order = np.argsort(obs, kind="stable")
    columns = {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
    v, d, j = (GeneCalls.from_texts(columns.pop(name).astype(str)) for name in ("v", "d", "j"))
    c = _classes(s, obs[order], columns["locus"])
    found = Receptors(
        obs[order], columns["locus"], columns["junction_aa"], columns["junction"], v, j, v, j, d, c,
        _counts(s)[obs[order]], columns["productive"].astype(np.int8), s.knobs["species"],
        {"anchored": anchored(columns["junction_aa"])},
    )  # fmt: skip
    return replace(found, flags={**found.flags, **invariant_flags(found)})


def _counts(s: Scene) -> np.ndarray:
    """Return the molecules of each cell's chains: one, and in a twin of a table as many as its clones have there."""
    return clone_copies(s)[s["clone"]] if "clone_quantile" in s.fitted else np.ones(s.units.size)


def _of_arm(s: Scene, arm: str) -> dict[str, np.ndarray]:
    model, chains = model_of(s, arm), s[arm]
    assert model is not None  # noqa: S101 - an arm with chains has a model
    names = {part: np.array([*getattr(model, f"{part}_names"), ""], dtype="S") for part in ("v", "d", "j")}
    genes = {part: values[chains[part]] for part, values in names.items()}
    locus = np.full(chains.size, LOCI.index(model.locus), dtype=np.int8)
    found = {**genes, "locus": locus, **{name: chains[name] for name in ("junction", "junction_aa", "productive")}}
    if s.knobs["hypermutation"]:
        # what kills a B cell is left out, so that it stays productive
        found |= {"junction": s["somatic_chain"][arm], "junction_aa": s["somatic_chain"][f"{arm}_aa"]}
    return found


def _classes(s: Scene, obs: np.ndarray, locus: np.ndarray) -> GeneCalls:
    """Return the constant gene of each heavy chain, where B cells switch their class; else no calls."""
    if not s.knobs["class_switching"]:
        return GeneCalls(np.full(obs.size, -1), ())
    codes = np.where(locus == LOCI.index("IGH"), s["isotype"][obs], -1)
    return GeneCalls(codes, tuple(CONSTANT_GENES[s.knobs["species"]]))
