"""What is written down about each cell and gene: every truth as a column, and which truths there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from rashomon.sim.expression.cell import PHASES
from rashomon.sim.expression.gene_table import marker_table
from rashomon.sim.node import Scene
from rashomon.sim.part import EXPRESSION, RECEPTORS
from rashomon.sim.repertoire.reading import read_chains
from rashomon.sim.repertoire.reading_column import reading_columns
from rashomon.sim.repertoire.record import receptor_columns

__all__ = ["cell_names", "cell_table", "comparable", "declared_truths", "gene_table", "table_of"]

_EXTERNAL = {"mechanism": "mechanism:external", "technical": "technical:external", "annotation": "annotation:external"}
_CLASSES = ("low", "middle", "high")
_N_REFERENCE = 3000


def cell_names(units: np.ndarray) -> pd.Index:
    """Return the names of the cells numbered `units`.

    Examples
    --------
    >>> list(cell_names(np.array([0, 12])))
    ['cell_0', 'cell_12']
    """
    return pd.Index([f"cell_{unit}" for unit in units], dtype=object)


def cell_table(scene: Scene) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return every truth about the cells in play, and how each is declared.

    Parameters
    ----------
    scene
        From `Scene.cells`.

    Returns
    -------
    table
        One row per cell. Categories are classes; numbers are what the mechanisms drew (position, depth, activities).
    truths
        Kind and origin of the columns that are label definitions, by column.
    """
    return table_of(_columns(scene), scene.units)


def table_of(
    columns: Iterable[tuple[str, object, str | None]], units: np.ndarray
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return `columns` (name, values, kind) of the cells numbered `units` as a table, and how its truths are declared.

    Examples
    --------
    >>> table_of([("type", ["a", "b"], "mechanism"), ("depth", [1, 2], None)], np.arange(2))[1]
    {'type': 'mechanism:external'}
    """
    series: dict[str, pd.Series] = {}
    truths: dict[str, str] = {}
    for name, values, kind in columns:
        series[name] = pd.Series(values).reset_index(drop=True)
        if kind is not None:
            truths[name] = _EXTERNAL[kind]
    return pd.DataFrame(series, index=range(units.size)).set_axis(cell_names(units)), truths


def comparable(table: pd.DataFrame, truths: Mapping[str, str]) -> dict[str, str]:
    """Return the label definitions in `truths` that have two classes or more, and two rows per class, in `table`.

    One class decides nothing, and a class of its own for nearly every row is an identifier.

    Examples
    --------
    >>> comparable(pd.DataFrame({"a": ["x", "y"], "b": ["x", "x"]}), {"a": "technical", "b": "technical"})
    {'a': 'technical'}
    """
    return {
        name: kind for name, kind in truths.items() if 1 < table[name].nunique() <= max(table[name].count() // 2, 2)
    }


def declared_truths(scene: Scene) -> dict[str, str]:
    """Return the label definitions that the world of `scene` (its tables played, for one cell) has."""
    cell = scene.cells(np.arange(1))
    found = cell_table(cell)[1]
    if RECEPTORS in scene.parts:
        found |= table_of(reading_columns(cell, read_chains(cell)), cell.units)[1]
    return found


def _classes(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(names, dtype=object))


def _columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    if s.n("type") > 1:
        yield "type", _classes(s["type"], s.names["type"]), "mechanism"
        yield from _level_columns(s)
    if EXPRESSION in s.parts:
        yield from _path_columns(s)
    yield from ((what, _classes(s[what], s.names[what]), "technical") for what in ("donor", "batch") if s.n(what) > 1)
    if EXPRESSION in s.parts:
        yield from _state_columns(s)
        yield from _measured_columns(s)
    if s.knobs["doublet_rate"] or s["doublet"].any():
        yield "doublet", _classes(s["doublet"], ("singlet", "doublet")), "technical"
    if RECEPTORS in s.parts:
        yield from receptor_columns(s)
    if s.knobs["label_noise"] and s.n("type") > 1:
        yield "annotation", _classes(s["annotation"], s.names["type"]), "annotation"


def _level_columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    for depth, (names, node_of) in enumerate(s.tree.levels[:-1]):
        if len(names) > 1:
            yield f"level_{depth + 1}", _classes(node_of[s["type"]], names), "mechanism"


def _path_columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    if not len(s["path_profile"]):
        return
    n = int(s.knobs["n_segments"])
    yield "position", s["position"], None
    segment = np.minimum(np.floor(s["position"] * n), n - 1)
    yield "segment", _classes(segment, tuple(f"segment_{j + 1}" for j in range(n))), "mechanism"
    if s.knobs["topology"] == "branching":
        n_branches = int(s.knobs["n_branches"])
        on = np.where(s["position"] < 0.4, 0, s["branch"] + 1)
        yield "branch", _classes(on, ("trunk", *(f"branch_{j + 1}" for j in range(n_branches)))), "mechanism"


def _state_columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    if len(s["cycle_profile"]):
        angle = s["cycle"]
        third = np.minimum(np.floor(np.nan_to_num(angle) / (2 * np.pi) * 3), 2)
        yield "phase", _classes(np.where(np.isfinite(angle), third, 0), PHASES), "mechanism"
        yield "cycle_angle", angle, None
    if len(s["stress_profile"]):
        yield "stress", s["stress"], None
    for j in range(len(s["programme_profile"])):
        yield f"programme_{j + 1}", s["programme"][:, j], None


def _measured_columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    yield "expected_depth", s["cell_depth"], None
    low, high = _terciles(s)
    if low < high:
        code = (s["cell_depth"] >= low).astype(np.int64) + (s["cell_depth"] >= high)
        yield "depth_class", _classes(code, _CLASSES), "technical"


def _terciles(s: Scene) -> tuple[float, float]:
    """Return the depths that part the population in three, from cells of its own law: no block needs the others."""
    depths = s.cells(np.arange(_N_REFERENCE), role="reference")["cell_depth"]
    low, high = np.quantile(depths, [1 / 3, 2 / 3])
    return float(low), float(high)


def gene_table(scene: Scene) -> pd.DataFrame:
    """Return what is known about each gene of a world (`scene` with its tables played): one row per gene.

    Returns
    -------
    Columns ``mean_share``, ``dispersion``, ``marker_of`` (types whose marker it is, joined by a comma; empty for none),
    ``noise`` (carries no signal by construction).
    """
    members, owner = marker_table(scene)
    names = np.array(scene.names["type"], dtype=object)
    labels = np.array([",".join(names[inside[:-1] == 1]) for inside in members] + [""], dtype=object)
    n_noise = int(scene.knobs["n_noise_genes"])
    return pd.DataFrame(
        {
            "mean_share": np.exp(scene["gene_mean"]),
            "dispersion": scene["gene_dispersion"],
            "marker_of": pd.Categorical(labels[owner]),
            "noise": np.arange(owner.size) >= owner.size - n_noise,
        },
        index=pd.Index(scene.names["gene"], dtype=object),
    )
