"""What planting signal into receptors can achieve, and what it costs: before a world is drawn, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, UsageError, root_entropy
from rashomon.sim.motif import Background, PgenShift, Repertoires, ends_of, feasibility, pgen_shift
from rashomon.sim.part import RECEPTORS
from rashomon.sim.repertoire.carrier import N_TRIES, SPARED
from rashomon.sim.repertoire.chain_table import events_of
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj.pgen import pgen

if TYPE_CHECKING:
    from rashomon.sim.world import World

__all__ = ["motif_feasibility", "planting_shift"]

_ARMS = {"beta": "vdj", "alpha": "vj"}


def motif_feasibility(world: World, *, n_background: int = 20_000, rng: RNGLike = None) -> pd.DataFrame:
    """Return what to expect of every motif of a world, before it is drawn.

    Parameters
    ----------
    world
        Generates receptors, with epitopes.
    n_background
        Receptors without signal in which motifs are looked for; the interval of a rate of one in a thousand needs
        thousands of them.
    rng
        Seed of the world: it decides the motifs, and who carries which allele.

    Returns
    -------
    One row per motif (see `rashomon.sim.motif.FEASIBILITY_COLUMNS`): its rate in the background with an exact 95 %
    interval, expected planted and accidental clones in a donor that responds, and a verdict with its reason.

    Raises
    ------
    UsageError
        ``world.parts`` when the world has no receptors, ``world.knobs`` when it has no epitopes.

    Examples
    --------
    >>> from rashomon.sim.world import World
    >>> knobs = {"n_epitopes": 2, "binder_share": 0.2, "hla_restriction": 0.0, "selection": "none"}
    >>> table = motif_feasibility(World("two", knobs, parts=("receptors",)), n_background=2000, rng=1)
    >>> table["verdict"].tolist()
    ['feasible', 'feasible']
    """
    _refuse_without(world)
    root = root_entropy(rng)
    scene = world.scene(world.n_obs, root=root)
    plain = _without_signal(world).scene(n_background, root=root).cells(np.arange(n_background))
    backgrounds = {}
    n_tries = N_TRIES if world.knobs["planting"] == "implanted" else 1
    for name, arm in _ARMS.items():
        model = model_of(plain, arm)
        if model is not None:
            chains = events_of(model, plain[arm])
            v_keep, j_keep = ends_of(chains, **SPARED)
            calls = np.array(model.v_names)[chains.v], np.array(model.j_names)[chains.j]
            backgrounds[name] = Background(chains.junction_aa, *calls, v_keep, j_keep, n_tries)
    epitopes, responder = scene["epitope_signal"], np.asarray(scene["responder"], dtype=bool)
    carriers = {each.hla: int(responder[:, number].sum()) for number, each in enumerate(epitopes)}
    n_clones = world.knobs["n_clones"] or world.n_obs
    share = max(world.knobs["binder_share"], world.knobs["witness_rate"]) / len(epitopes)
    donors = Repertoires(scene.n("donor"), carriers, max(n_clones // scene.n("donor"), 1), share)
    return feasibility(list(epitopes), backgrounds, repertoires=donors)


def planting_shift(world: World, *, n: int = 300, rng: RNGLike = None) -> dict[str, PgenShift]:
    """Return how planting changes the probability of generation, by chain (``beta``, ``alpha``).

    The receptors are those of the world, and of the same world with the motifs taken away: ``do(clone_motif=-1)``,
    with the same random numbers. A carrier whose chain had no room for its motif was generated again: its change is
    that of planting and of the room, and so is the change in genes where a motif asks for them.

    Parameters
    ----------
    world
        Generates receptors, with epitopes.
    n
        Most receptors of each chain; olga needs 6 ms (TRA) to 20 ms (TRB) of processor for one.
    rng
        Seed of the world.

    Raises
    ------
    UsageError
        As `motif_feasibility`.
    """
    _refuse_without(world)
    root, units = root_entropy(rng), np.arange(world.n_obs)
    after, before = (each.scene(world.n_obs, root=root).cells(units) for each in (world, world.do(clone_motif=-1)))
    found = {}
    for name, arm in _ARMS.items():
        model = model_of(after, arm)
        if model is not None:
            texts = [scene[arm]["junction_aa"] for scene in (before, after)]
            found[name] = pgen_shift(model, *texts, pgen=pgen, n_most=n, key=stream_key(root, "shift", arm))
    return found


def _without_signal(world: World) -> World:
    from rashomon.sim.world import World as Plain

    kept = {name: world.knobs[name] for name in ("species", "loci", "selection")}
    return Plain(world.name, kept, parts=(RECEPTORS,))


def _refuse_without(world: World) -> None:
    if RECEPTORS not in world.parts:
        raise UsageError(
            f"the world generates {' and '.join(world.parts)}",
            where=world.name,
            expected="a world of receptors",
            code="world.parts",
        )
    if not world.knobs["n_epitopes"] or world.fitted:
        raise UsageError(
            "no signal is planted", where=world.name, fix="use a generated world with n_epitopes", code="world.knobs"
        )
