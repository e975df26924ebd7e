"""A world drawn into a file, block after block: a million cells need no more memory than their table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import Listener, RNGLike, UsageError, root_entropy, silent
from rashomon.core.slots import NAMESPACE
from rashomon.io import WORLD, write, write_airr, write_h5mu, write_stream
from rashomon.io.write import known_suffix, refuse_target
from rashomon.sim.attainable import with_oracle
from rashomon.sim.block import blocks
from rashomon.sim.node import Scene
from rashomon.sim.part import RECEPTORS
from rashomon.sim.record import cell_table, comparable, gene_table
from rashomon.sim.simulation import Simulation, facts, refuse_few
from rashomon.sim.world import World

__all__ = ["TABLE", "Written", "known_target", "write_sample", "write_simulation"]

TABLE = ".tsv"
"""Suffix of AIRR tables."""

_CELLS = 2**16
"""Cells whose table is made at once: their latent values take some hundred megabytes at most."""


@dataclass(frozen=True)
class Written:
    """What was drawn into a file.

    Parameters
    ----------
    path
        The file.
    n_obs, n_vars, n_nonzero
        Cells, genes, and entries of the matrix that are not zero.
    truths
        Kind and origin of the label columns that are declared in the file, by column.
    facts
        What the file says about its world, as text by name.
    notes
        What the format cannot hold and was left out.
    """

    path: Path
    n_obs: int
    n_vars: int
    n_nonzero: int
    truths: Mapping[str, str]
    facts: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def zero_frac(self) -> float:
        """Share of the entries that are zero; 1 where there are no genes."""
        return 1.0 - self.n_nonzero / max(self.n_obs * self.n_vars, 1)


def write_sample(
    world: World,
    path: Path | str,
    *,
    n_obs: int | None = None,
    protect: Path | str | None = None,
    oracle: bool = False,
    listener: Listener = silent,
    rng: RNGLike = None,
) -> Written:
    """Draw cells of a world into a file; the cells are those of `World.sample` with the same `rng`.

    Parameters
    ----------
    world
        The world.
    path
        ``.h5ad``, ``.zarr`` or ``.h5mu``; ``.tsv`` for an AIRR table of receptors.
    n_obs
        Number of cells; that of the world when None.
    protect
        File that must not be replaced: the one that a twin was fitted to.
    oracle
        Whether the oracle is asked: Bayes labels, posteriors and ceilings join the file. All cells are then held in
        memory, and a minute passes with some ten thousand of them.
    listener
        Told how many cells are written.
    rng
        Seed.

    Raises
    ------
    StoreError
        When `path` is the protected file, a folder, or cannot be written.
    UsageError
        When the suffix is unknown, or there are more types than cells.

    Examples
    --------
    >>> import tempfile
    >>> world = World("two groups", {"n_groups": 2, "n_genes": 50, "n_markers": 10, "effect_size": 2.0})
    >>> written = write_sample(world, Path(tempfile.mkdtemp()) / "two.h5ad", n_obs=20, rng=1)
    >>> written.n_obs, written.n_vars, dict(written.truths)
    (20, 50, {'type': 'mechanism:external'})
    """
    target, n_cells = Path(path), world.n_obs if n_obs is None else n_obs
    refuse_target(target, protect)
    known_target(world, target)
    refuse_few(world, n_cells)
    root = root_entropy(rng)
    if RECEPTORS in world.parts:
        # hopped molecules and ambient chains come from anywhere in a lane: no block is drawn alone
        drawn = world.sample(n_cells, rng=root)
        return write_simulation(with_oracle(drawn) if oracle else drawn, target, protect=protect, listener=listener)
    if oracle:
        return write_simulation(
            with_oracle(world.sample(n_cells, rng=root)), target, protect=protect, listener=listener
        )
    scene = world.scene(n_cells, root=root)
    obs, declared = _cells(scene)
    truths, known = comparable(obs, declared), facts(world, root)
    return _write(target, blocks(scene), obs, gene_table(scene), truths=truths, known=known, listener=listener)


def write_simulation(
    simulation: Simulation, path: Path | str, *, protect: Path | str | None = None, listener: Listener = silent
) -> Written:
    """Write cells that were drawn before, with what their oracle says where it was asked.

    Parameters
    ----------
    simulation
        The cells.
    path, protect, listener
        As in `write_sample`.

    Raises
    ------
    StoreError
        When `path` is the protected file, a folder, or cannot be written.
    """
    target = Path(path)
    refuse_target(target, protect)
    known_target(simulation.world, target)
    ours = simulation.uns[NAMESPACE]
    if simulation.receptors is not None:
        notes = _write_receptors(simulation, target)
        n_obs, n_vars = simulation.counts.shape
        return Written(target, n_obs, n_vars, simulation.counts.nnz, ours["truths"], ours[WORLD], notes)
    return _write(
        Path(path), [simulation.counts], simulation.obs, simulation.var,
        truths=ours["truths"], known=ours[WORLD], obsm=simulation.obsm, listener=listener,
    )  # fmt: skip


def known_target(world: World, path: Path) -> None:
    """Refuse suffixes that no format has, and tables for worlds that have more than receptors.

    Parameters
    ----------
    world
        What is drawn.
    path
        Where to.

    Raises
    ------
    UsageError
        When it is refused.
    """
    if path.suffix.lower() == TABLE and world.parts == (RECEPTORS,):
        return
    if path.suffix.lower() == TABLE:
        raise UsageError(
            f"an AIRR table holds receptors, and the world generates {' and '.join(world.parts)}",
            where=str(path),
            expected="a name that ends in .h5ad, .zarr or .h5mu",
            code="world.parts",
        )
    known_suffix(path)


def _write_receptors(simulation: Simulation, path: Path) -> tuple[str, ...]:
    if path.suffix.lower() == TABLE:
        return write_airr(simulation.dataset, path)
    if path.suffix.lower() == ".h5mu":
        write_h5mu(simulation.to_mudata(), path)
        return ()
    return write(simulation.to_anndata(), path)


def _write(  # noqa: PLR0913 - the parts of a file
    path: Path,
    counts: Iterable[sp.csr_matrix],
    obs: pd.DataFrame,
    var: pd.DataFrame,
    *,
    truths: Mapping[str, str],
    known: Mapping[str, str],
    obsm: Mapping[str, np.ndarray] | None = None,
    listener: Listener,
) -> Written:
    count = [0]
    uns = {NAMESPACE: {"truths": dict(truths), WORLD: dict(known)}}
    notes = write_stream(path, _counted(counts, count), obs=obs, var=var, uns=uns, obsm=obsm, listener=listener)
    return Written(path, len(obs), len(var), count[0], truths, known, notes)


def _cells(scene: Scene) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the table of all cells, and how its truths are declared."""
    starts = range(0, scene.n_obs, _CELLS)
    parts = [cell_table(scene.cells(np.arange(start, min(start + _CELLS, scene.n_obs)))) for start in starts]
    return pd.concat([part for part, _ in parts]), parts[0][1]


def _counted(counts: Iterable[sp.csr_matrix], total: list[int]) -> Iterator[sp.csr_matrix]:
    for block in counts:
        total[0] += block.nnz
        yield block
