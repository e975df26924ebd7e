"""A world: the frozen description of a structural causal model of cells, their expression and their receptors."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rashomon.core import Listener, RNGLike, UsageError, digest_array, digest_json, root_entropy, silent
from rashomon.sim.check import resolve_knobs
from rashomon.sim.intervention import node_value, plain_values
from rashomon.sim.mechanism import KNOBS, nodes_of
from rashomon.sim.node import Scene, play
from rashomon.sim.part import EXPRESSION, RECEPTORS, Part, ordered_parts
from rashomon.sim.record import declared_truths
from rashomon.sim.repertoire import receptor_names
from rashomon.sim.tree import Tree

if TYPE_CHECKING:
    import networkx as nx

    from rashomon.sim.bayes import Oracle
    from rashomon.sim.simulation import Simulation

__all__ = ["World"]


@dataclass(frozen=True, eq=False)
class World:
    """A structural causal model; nothing is random until `sample` draws from it.

    Parameters
    ----------
    name
        For people.
    given
        Knobs that differ from their defaults; `rashomon.sim.KNOBS` lists all, with unit, meaning and neutral value.
    summary
        One line on what it is.
    n_obs
        Cells that are drawn where nobody says how many.
    fitted
        Tables estimated from real data, by node; empty in a generated world. See `rashomon.sim.fit`.
    labels
        Names that the fitted tables have for ``gene``, ``type``, ``donor``, ``batch`` and ``hla``.
    done
        Values of nodes that an intervention set; see `do`.
    turned
        Knobs that an intervention turned.
    parts
        What is generated: ``expression``, ``receptors``, or both of the same cells.

    Raises
    ------
    UsageError
        ``world.knobs`` when the world is impossible, with everything that is wrong.

    Examples
    --------
    >>> world = World("two groups", {"n_groups": 2, "n_genes": 50, "n_markers": 10, "effect_size": 2.0})
    >>> simulated = world.sample(20, rng=1)
    >>> simulated.counts.shape, list(simulated.obs["type"].cat.categories)
    ((20, 50), ['type_1', 'type_2'])
    >>> same = world.do(effect_size=0.0).sample(20, rng=1)
    >>> bool((same.obs["type"] == simulated.obs["type"]).all())
    True
    """

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    summary: str = ""
    n_obs: int = 2000
    fitted: Mapping[str, np.ndarray] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    done: Mapping[str, Any] = field(default_factory=dict)
    turned: tuple[str, ...] = ()
    parts: tuple[Part, ...] = (EXPRESSION,)

    def __post_init__(self) -> None:
        sizes = {kind: len(names) for kind, names in self.labels.items()} if self.fitted else None
        object.__setattr__(self, "parts", ordered_parts(self.parts))
        # copies: a world does not follow what it was made from
        object.__setattr__(self, "given", deepcopy(dict(self.given)))
        object.__setattr__(self, "_knobs", resolve_knobs(self.given, sizes, self.parts))
        done = {
            name: node_value(name, value, names=self.names, knobs=self.knobs, parts=self.parts)
            for name, value in self.done.items()
        }
        object.__setattr__(self, "done", done)

    @property
    def knobs(self) -> Mapping[str, Any]:
        """Value of every knob, defaults included."""
        knobs: Mapping[str, Any] = self._knobs  # type: ignore[attr-defined]
        return knobs

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Names of genes, types, donors, batches, epitopes and whatever else has classes."""
        knobs = self.knobs
        made = {
            "type": Tree.make(knobs["hierarchy"], n_groups=knobs["n_groups"]).leaves,
            "donor": tuple(f"donor_{j + 1}" for j in range(knobs["n_donors"])),
            "batch": tuple(f"batch_{j + 1}" for j in range(knobs["n_batches"])),
        }
        if EXPRESSION in self.parts:
            n_genes = knobs["n_genes"] + knobs["n_noise_genes"]
            made["gene"] = tuple(f"gene_{j + 1}" for j in range(n_genes))
            made["branch"] = tuple(f"branch_{j + 1}" for j in range(knobs["n_branches"]))
            made["depth_mode"] = ("low", "high")
        if RECEPTORS in self.parts:
            made |= receptor_names(knobs)
        several = {kind: names for kind, names in self.labels.items() if len(names) > 1 or kind == "gene"}
        return {**made, **several}

    @property
    def graph(self) -> nx.DiGraph:
        """The causal graph: nodes with ``level``, ``summary`` and ``intervened``; what is inert here is left out."""
        from rashomon.sim.graph import causal_graph

        return causal_graph(self)

    @property
    def truths(self) -> dict[str, str]:
        """Label definitions that its data come with, by column: kind and origin."""
        return declared_truths(self.scene(1, root=0))

    @property
    def digest(self) -> str:
        """Digest of everything that decides what is drawn, but for the seed and the number of cells."""
        tables = {name: digest_array(np.asarray(table)) for name, table in self.fitted.items()}
        # the order of the nodes of a named tree is that of the types
        knobs = {
            name: list(map(list, value.items())) if isinstance(value, Mapping) else value
            for name, value in self.knobs.items()
        }
        labels = {kind: list(names) for kind, names in self.labels.items()}
        return digest_json(
            {
                "parts": list(self.parts),
                "knobs": knobs,
                "fitted": tables,
                "labels": labels,
                "done": plain_values(self.done),
            }
        )

    def do(self, **changes: Any) -> World:
        """Return the world after an intervention; drawn with the same `rng`, it shares all other random numbers.

        Every entry that the intervention cannot reach is the same to the last bit, so that a difference between the two
        is its effect and nothing else.

        Parameters
        ----------
        **changes
            Knobs (a mechanism is changed: ``batch_effect=0``), or nodes (a variable is set: ``batch="batch_1"``, in all
            cells; ``batch_profile=0``, in the whole table). Cells are all cells: second ones of doublets, and those
            whose molecules float in the soup, too.

        Raises
        ------
        UsageError
            When there is no such knob or node, a value is illegal, or the node cannot be set.

        Examples
        --------
        >>> World("batches", {"n_batches": 2, "batch_effect": 1.0}).do(batch="batch_2").done
        {'batch': 1}
        """
        turned = {name: value for name, value in changes.items() if name in KNOBS}
        set_to = {name: value for name, value in changes.items() if name not in turned}
        return replace(
            self,
            given={**self.given, **turned},
            done={**self.done, **set_to},
            turned=tuple(dict.fromkeys([*self.turned, *turned])),
        )

    def scene(self, n_obs: int, *, root: int) -> Scene:
        """Return the tables of the world, drawn with the random numbers of `root`, for `n_obs` cells."""
        knobs = self.knobs
        tree = Tree.make(knobs["hierarchy"], n_groups=knobs["n_groups"])
        names = self.names
        if len(names["type"]) != tree.n_types:
            tree = Tree(names["type"], ((names["type"], np.arange(len(names["type"]))),))
        return play(Scene(nodes_of(self.parts), knobs, self.done, self.fitted, names, tree, root, n_obs, self.parts))

    def sample(self, n_obs: int | None = None, *, rng: RNGLike = None, listener: Listener = silent) -> Simulation:
        """Draw cells.

        Parameters
        ----------
        n_obs
            Number of cells, at least 1; `n_obs` of the world when None.
        rng
            Seed; the same one gives the same cells, for any number of threads.
        listener
            Told about progress.

        Returns
        -------
        Counts, truths and the record of how they were made.

        Raises
        ------
        UsageError
            When there are more types than cells.
        """
        from rashomon.sim.simulation import simulate

        return simulate(self, self.n_obs if n_obs is None else n_obs, root=root_entropy(rng), listener=listener)

    def oracle(self, data: Simulation) -> Oracle:
        """Return what can be known of the truths of cells that this world made; see `rashomon.sim.consult`.

        Parameters
        ----------
        data
            From `sample`.

        Raises
        ------
        UsageError
            ``world.oracle`` when the cells are of another world, as after an intervention.
        """
        from rashomon.sim.bayes import consult

        if data.world.digest != self.digest:
            raise UsageError(
                f"the cells are of world {data.world.name!r} (digest {data.world.digest[:12]})",
                where="World.oracle",
                expected=f"cells of this world (digest {self.digest[:12]})",
                fix="ask the world that drew them",
                code="world.oracle",
            )
        return consult(data)
