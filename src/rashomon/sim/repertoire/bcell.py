"""Mechanisms of B cells: the tree of each clone, the hypermutated chains of its cells, and their class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.io.receptor.codon import letters, translate
from rashomon.sim.lineage import CONSTANT_GENES, CloneTrees, Targeting, clone_trees, hypermutate, switch_isotypes
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.chain_knob import matures
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.stream import stream_key

__all__ = ["isotype", "lineage_columns", "lineage_tree", "refuse_part", "somatic_chain"]

_TREE = np.dtype([
    ("cell", "i8"), ("clone", "i8"), ("unit", "i8"), ("parent", "i8"), ("node", "i8"), ("length", "f8"),
    ("depth", "f8"), ("member", "?"),
])  # fmt: skip
_COLUMNS = ("clone", "parent", "node", "length", "depth", "member")


def refuse_part(s: Scene) -> None:
    """Refuse a scene that does not hold all cells of its world: what is read of one may come from any other.

    Parameters
    ----------
    s
        From `Scene.cells`.

    Raises
    ------
    UsageError
        When cells are missing, or in another order.
    """
    if s.role or not np.array_equal(s.units, np.arange(s.n_obs)):
        raise UsageError(
            f"{s.units.size} of {s.n_obs} cells are in play",
            where="chains of cells",
            expected="all cells of the world in their order: lanes and clones are whole",
            fix="use scene.cells(np.arange(scene.n_obs))",
            code="world.cells",
        )


def lineage_tree(s: Scene) -> np.ndarray:
    """Return the trees of all clones of B cells of scene `s`: which cell descends from which.

    Returns
    -------
    A row per cell, and per ancestor that nobody observes (``cell`` -1), clone by clone, parents first: ``cell``;
    ``clone`` and ``unit``, position and number of the clone; ``parent``, a row, -1: the unmutated ancestor; ``node``,
    ``length``, ``depth`` and ``member`` as in `rashomon.sim.lineage.CloneTrees`. No rows where cells do not mature.

    Raises
    ------
    UsageError
        When not all cells of the world are in play: the tree of a clone depends on how many cells it has.
    """
    if not matures(s.knobs):
        return np.empty(0, dtype=_TREE)
    refuse_part(s)
    units, place, sizes = np.unique(s["clone"], return_inverse=True, return_counts=True)
    trees = clone_trees(
        sizes, _key(s), units=units, topology=s.knobs["tree_topology"], trunk=float(s.knobs["tree_trunk"])
    )
    table = np.empty(trees.n_rows, dtype=_TREE)
    for name in _COLUMNS:
        table[name] = getattr(trees, name)
    table["unit"] = units[trees.clone]
    table["cell"] = -1
    table["cell"][trees.member] = np.argsort(place, kind="stable")
    return table


def _key(s: Scene) -> np.uint64:
    return stream_key(s.root, "lineage")


def _trees(table: np.ndarray) -> CloneTrees:
    columns = {name: np.ascontiguousarray(table[name]) for name in _COLUMNS}
    return CloneTrees(**columns, units=table["unit"][table["node"] == 0])


def _by_cell(table: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of the rows that are cells, in the order of cells."""
    found = np.empty(int(table["member"].sum()), dtype=values.dtype)
    found[table["cell"][table["member"]]] = values[table["member"]]
    return found


def somatic_chain(s: Scene) -> np.ndarray:
    """Return the chains of each cell of scene `s` after hypermutation.

    V in front of the junction mutates, too; what becomes of it is told by ``v_identity``.

    Returns
    -------
    A row per cell: ``vdj``, ``vdj_aa``, ``vj``, ``vj_aa``, junctions of each arm (empty where there is none);
    ``n_mutations``, hits on the path from the unmutated ancestor, of both chains together; ``v_identity``, share of the
    bases of V in front of the junction, of the chain with a D gene, that are those of the germline. No rows where
    nothing mutates.
    """
    rate, tree = float(s.knobs["hypermutation"]), s["lineage_tree"]
    if not rate:
        return np.empty(0, dtype=[("n_mutations", "i4")])
    columns: dict[str, np.ndarray]
    columns = {"n_mutations": np.zeros(s.units.size, dtype=np.int32), "v_identity": np.full(s.units.size, np.nan)}
    trees = _trees(tree)
    # any cell of a clone has the chain that its clone began with
    founder = np.empty(trees.units.size, dtype=np.int64)
    founder[tree["clone"][trees.member]] = tree["cell"][trees.member]
    spots = Targeting(*(float(s.knobs[name]) for name in ("hot_spot", "warm_spot", "cold_spot", "transition_share")))
    for arm, key in (("vdj", _key(s)), ("vj", stream_key(s.root, "lineage", "light"))):
        model = model_of(s, arm)
        columns |= {arm: np.full(s.units.size, b""), f"{arm}_aa": np.full(s.units.size, b"")}
        if model is None:
            continue
        germline = s[arm][founder]
        front = model.v_front[germline["v"]]
        found = hypermutate(trees, germline["junction"], key, rate=rate, v_germline=front, targeting=spots)
        columns[arm] = _by_cell(tree, found.junction)
        columns[f"{arm}_aa"] = translate(columns[arm])
        columns["n_mutations"] += _by_cell(tree, found.n_mutations)
        if arm == "vdj":
            columns["v_identity"] = _by_cell(tree, _identity(found.v, front[trees.clone]))
    table = np.empty(s.units.size, dtype=[(name, values.dtype) for name, values in columns.items()])
    for name, values in columns.items():
        table[name] = values
    return table


def _identity(found: np.ndarray, germline: np.ndarray) -> np.ndarray:
    """Return the share of bases that are equal; NaN where there are none."""
    now, old = letters(found), letters(germline.astype(found.dtype))
    n = (old > 0).sum(axis=1)
    return np.asarray(np.divide(((now == old) & (old > 0)).sum(axis=1), n, out=np.full(n.size, np.nan), where=n > 0))


def isotype(s: Scene) -> np.ndarray:
    """Return the constant gene of each cell of scene `s`: a position in `CONSTANT_GENES` of its species.

    No rows while nothing switches.
    """
    rate, tree = float(s.knobs["class_switching"]), s["lineage_tree"]
    if not rate:
        return np.empty(0, dtype=np.int32)
    return _by_cell(tree, switch_isotypes(_trees(tree), _key(s), rate=rate, species=s.knobs["species"]))


def lineage_columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    """Yield name, values and kind (None: no label definition) of what is known of the lineages of B cells.

    Parameters
    ----------
    s
        From `Scene.cells`, with all cells of the world.
    """
    if not matures(s.knobs):
        return
    if s.knobs["n_clones"] or s.knobs["public_share"]:
        yield "germline_clone", _germlines(s), "mechanism"
    yield "tree_depth", _by_cell(s["lineage_tree"], s["lineage_tree"]["depth"]), None
    if s.knobs["hypermutation"]:
        yield "n_mutations", s["somatic_chain"]["n_mutations"], None
        yield "v_identity", s["somatic_chain"]["v_identity"], None
    if s.knobs["class_switching"]:
        names = pd.Index(CONSTANT_GENES[s.knobs["species"]], dtype=object)
        yield "isotype", pd.Categorical.from_codes(s["isotype"], categories=names), "mechanism"


def _germlines(s: Scene) -> pd.Categorical:
    """Return the unmutated receptor of each cell as a class: clones that began with the same one share it."""
    parts = [s[arm][name] for arm in ("vdj", "vj") if s[arm].size for name in ("v", "j", "junction")]
    codes = np.stack([np.unique(part, return_inverse=True)[1] for part in parts], axis=1)
    _, first, group = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    # numbered as they come
    rank = np.argsort(np.argsort(first))[group.ravel()]
    names = [f"germline_{n + 1}" for n in range(first.size)]
    return pd.Categorical.from_codes(rank, categories=pd.Index(names, dtype=object))
