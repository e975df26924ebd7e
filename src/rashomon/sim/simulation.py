"""What a world generated: counts, receptors, every truth, and the record of how they were made."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import Listener, UsageError, silent
from rashomon.core.slots import AIRR as RECEPTOR_MODALITY
from rashomon.core.slots import EXPRESSION as EXPRESSION_MODALITY
from rashomon.core.slots import NAMESPACE
from rashomon.dataset import SIMULATED, Ceiling, Dataset, Expression, Receptors, Roles
from rashomon.engine import environment
from rashomon.io import WORLD, to_anndata, to_mudata, world_facts
from rashomon.io.receptor.modality import write_airr_obsm
from rashomon.sim.block import blocks
from rashomon.sim.graph import graph_facts
from rashomon.sim.intervention import plain_values
from rashomon.sim.knowable import availability
from rashomon.sim.part import EXPRESSION, RECEPTORS
from rashomon.sim.record import cell_table, comparable, gene_table, table_of
from rashomon.sim.repertoire.reading import read_chains
from rashomon.sim.repertoire.reading_column import reading_columns
from rashomon.sim.repertoire.receptor_gene import receptor_gene_counts
from rashomon.truth import declare, specs

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

    from rashomon.sim.world import World

__all__ = ["Simulation", "ceiling_facts", "facts", "refuse_few", "simulate"]


@dataclass(frozen=True, eq=False)
class Simulation:
    """Cells drawn from a world.

    Parameters
    ----------
    world, root
        What drew them: together they give the same cells again.
    counts
        ``float32`` CSR, shape ``(n_cells, n_genes)``; no genes in a world of receptors alone.
    obs, var
        What is known about each cell and gene.
    declared
        Kind and origin of the columns of `obs` that are label definitions.
    obsm
        Posterior of each truth, where the oracle was asked; see `rashomon.sim.with_oracle`.
    ceilings
        What any method could reach, where it was computed.
    position_error
        Of a continuum: the smallest expected absolute error of a cell's position, where it was computed.
    receptors
        Chains of the cells; None in a world of expression alone.
    """

    world: World
    root: int
    counts: sp.csr_matrix
    obs: pd.DataFrame
    var: pd.DataFrame
    declared: Mapping[str, str]
    obsm: Mapping[str, np.ndarray] = field(default_factory=dict)
    ceilings: tuple[Ceiling, ...] = ()
    position_error: float | None = None
    receptors: Receptors | None = None

    @property
    def n_obs(self) -> int:
        """Number of cells."""
        return int(self.counts.shape[0])

    @property
    def dataset(self) -> Dataset:
        """The cells as every other room takes them, all truths declared."""
        found, _ = declare(self.obs, specs(comparable(self.obs, self.declared)))
        x = Expression(self.counts, self.var.index.to_numpy(dtype=object), "counts") if self.counts.shape[1] else None
        # receptors are unique within a donor
        donor = found.get("donor") if self.receptors is not None else None
        return Dataset(
            self.obs, x, truths=found, roles=Roles(donor=donor), source=self.world.name, world=world_facts(self.uns),
            receptors=self.receptors,
        )  # fmt: skip

    @property
    def uns(self) -> dict[str, Any]:
        """What an AnnData of these cells carries in ``uns``: the truths, and the mark of its world."""
        known = facts(self.world, self.root) | ceiling_facts(self.ceilings)
        if self.position_error is not None:
            error = f"{self.position_error:.3f} of the path"
            known["oracle"] += f"; no method can tell the position of a cell better than to {error} on average"
        return {NAMESPACE: {"truths": comparable(self.obs, self.declared), WORLD: known}}

    def to_anndata(self) -> AnnData:
        """Return an AnnData: counts in ``X``, truths in ``obs`` and declared, the record in ``uns["rashomon"]``.

        Receptors are in ``obsm["airr"]``, in the layout of scirpy.
        """
        counts = self.counts if self.counts.shape[1] else None
        adata = to_anndata(counts, self.obs, self.var, self.uns, obsm=self.obsm)
        if self.receptors is not None:
            write_airr_obsm(adata, self.dataset)
        return adata

    def to_mudata(self) -> MuData:
        """Return a MuData with the modalities ``gex`` and ``airr``, as far as the world generates them."""
        found = {}
        if self.counts.shape[1]:
            found[EXPRESSION_MODALITY] = to_anndata(self.counts, self.obs, self.var, self.uns, obsm=self.obsm)
        if self.receptors is not None:
            airr = to_anndata(None, self.obs, pd.DataFrame(index=pd.Index([], dtype=object)), self.uns)
            write_airr_obsm(airr, self.dataset)
            found[RECEPTOR_MODALITY] = airr
        return to_mudata(found, self.uns)


def simulate(world: World, n_obs: int, *, root: int, listener: Listener = silent) -> Simulation:
    """Draw `n_obs` cells of `world` with the random numbers of `root`; see `World.sample`, which calls it.

    Parameters
    ----------
    world, n_obs, root, listener
        As in `World.sample`.
    """
    refuse_few(world, n_obs)
    scene = world.scene(n_obs, root=root)
    cells = scene.cells(np.arange(n_obs))
    obs, declared = cell_table(cells)
    receptors = None
    if RECEPTORS in world.parts:
        reading = read_chains(cells)
        receptors = reading.receptors
        further, kinds = table_of(reading_columns(cells, reading), cells.units)
        obs, declared = pd.concat([obs, further], axis=1), declared | kinds
    if EXPRESSION not in world.parts:
        none = sp.csr_matrix(np.empty((n_obs, 0), dtype=np.float32))
        return Simulation(world, root, none, obs, pd.DataFrame(index=pd.Index([], dtype=object)), declared,
                          receptors=receptors)  # fmt: skip
    counts, var = _stack(blocks(scene, listener=listener), scene.n("gene")), gene_table(scene)
    if receptors is not None:
        molecules, names = receptor_gene_counts(cells)
        counts = sp.csr_matrix(sp.hstack([counts, molecules], format="csr"))
        noise = np.append(var["noise"], np.zeros(len(names), dtype=bool))
        var = var.reindex([*var.index, *names]).assign(noise=noise)
    return Simulation(world, root, counts, obs, var, declared, receptors=receptors)


def _stack(parts: Iterable[sp.csr_matrix], n_genes: int) -> sp.csr_matrix:
    """Return blocks as one matrix: values first, then places, so that only one of them is held twice at a time."""
    data, indices, lengths = [], [], []
    for part in parts:
        data.append(part.data)
        indices.append(part.indices)
        lengths.append(np.diff(part.indptr))
    indptr = np.concatenate([[0], np.cumsum(np.concatenate(lengths), dtype=np.int64)])
    values = np.concatenate(data)
    del data
    places = np.concatenate(indices)
    del indices
    return sp.csr_matrix((values, places, indptr), shape=(indptr.size - 1, n_genes))


def refuse_few(world: World, n_obs: int) -> None:
    """Refuse to draw no cell from `world`, or fewer (`n_obs`) than it has types."""
    if isinstance(n_obs, bool) or not isinstance(n_obs, int | np.integer):
        raise UsageError(f"{n_obs!r} is no number of cells", where="n_obs", expected="an integer", code="world.cells")
    n_types = len(world.names["type"])
    if n_obs < max(n_types, 1):
        raise UsageError(
            f"{n_obs} cells cannot show {n_types} types",
            where="n_obs",
            expected=f"at least {max(n_types, 1)} cells",
            fix="draw more cells, or lower n_groups",
            code="world.cells",
        )


def facts(world: World, root: int) -> dict[str, str]:
    """Return the record of a simulation as text by name, which every file format can hold.

    Parameters
    ----------
    world, root
        What was drawn, and the seed.
    """
    parts = {"knobs": dict(world.knobs), "do": plain_values(world.done), "fitted": sorted(world.fitted)}
    return {
        "mark": SIMULATED,
        "name": world.name,
        "digest": world.digest,
        "seed": str(root),
        "versions_json": json.dumps({"rashomon": version("rashomon"), **environment()}, sort_keys=True),
        "call_json": json.dumps({name: value for name, value in parts.items() if value}, sort_keys=True),
        "graph_json": json.dumps(graph_facts(world.graph)),
        "oracle": str(availability(world.scene(max(world.n_obs, 1), root=root))),
    }


def ceiling_facts(ceilings: tuple[Ceiling, ...]) -> dict[str, str]:
    """Return `ceilings` as text by name, beside `facts`; nothing where there are none."""
    plain = [{name: _known(value) for name, value in asdict(each).items()} for each in ceilings]
    return {"ceiling_json": json.dumps(plain)} if plain else {}


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
