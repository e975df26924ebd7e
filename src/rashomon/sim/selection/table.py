"""Write a selection as a table to read and to ship, and read it back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from rashomon.core import InputError
from rashomon.sim.selection.feature import KINDS, RESIDUES
from rashomon.sim.selection.model import Selection

__all__ = ["FACTS", "read_selection", "selection_text"]

FACTS: tuple[str, ...] = (
    *("species", "locus", "v_genes", "j_genes", "v_groups", "j_groups"),
    *("log_z", "bound", "cut", "n_real", "n_generated", "source", "notes"),
)
"""Fields that stand in the header, as JSON."""

_HEADER = "kind\tfirst\tsecond\tweight"
_DIGITS = 4


def selection_text(selection: Selection) -> str:
    """Return the selection as text: facts as comments, then one weight a line, to four digits after the point.

    Parameters
    ----------
    selection
        From `rashomon.sim.selection.fit.fit_selection`.

    Returns
    -------
    Lines ``# name: JSON``, a header, and a line ``kind, first, second, weight`` for every weight that is not 0:
    ``length`` and residues; ``v`` and ``j`` and the genes of the group, ``vj`` and both; ``left`` or ``right``, the
    position from that end (0: the first) and the residue.
    """
    facts = {name: getattr(selection, name) for name in FACTS}
    lines = [f"# {name}: {json.dumps(_plain(value))}" for name, value in facts.items()]
    shapes = {kind: table.shape for kind, table in selection.weights.items()}
    lines += [f"# shapes: {json.dumps(_plain(shapes))}", _HEADER]
    for kind in KINDS:
        table = np.round(selection.weights[kind], _DIGITS)
        names = _names(selection, kind)
        for place in zip(*np.nonzero(table), strict=True):
            said = [names[axis][at] for axis, at in enumerate(place)]
            lines.append("\t".join([kind, *said, *[""] * (2 - len(said)), f"{table[place]:.{_DIGITS}f}"]))
    return "\n".join(lines) + "\n"


def read_selection(text: str) -> Selection:
    """Return the selection that `selection_text` wrote.

    Parameters
    ----------
    text
        As returned by `selection_text`.

    Raises
    ------
    InputError
        When the text is not of that form.
    """
    lines = text.splitlines()
    try:
        facts = dict(_facts(lines))
        shapes = facts.pop("shapes")
        groups: dict[str, Any] = {name: np.array(facts.pop(name), dtype=np.int32) for name in ("v_groups", "j_groups")}
        genes: dict[str, Any] = {name: tuple(facts.pop(name)) for name in ("v_genes", "j_genes", "notes")}
        weights = {kind: np.zeros(shapes[kind]) for kind in KINDS}
        selection = Selection(**facts, **groups, **genes, weights=weights)
        names = {kind: [{n: k for k, n in enumerate(axis)} for axis in _names(selection, kind)] for kind in KINDS}
        for line in lines[lines.index(_HEADER) + 1 :]:
            kind, first, second, weight = line.split("\t")
            place = tuple(axis[name] for axis, name in zip(names[kind], (first, second), strict=False))
            weights[kind][place] = float(weight)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"not a table of selection: {error}",
            where="text",
            expected=f"comments with {', '.join(FACTS)}, then {_HEADER.split()}",
            code="selection.table",
        ) from error
    return selection


def _facts(lines: list[str]) -> Iterator[tuple[str, Any]]:
    for line in lines:
        name, _, value = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and name in {*FACTS, "shapes"}:
            yield name, json.loads(value)


def _names(selection: Selection, kind: str) -> list[list[str]]:
    """Return what the positions of a table are called, along each of its axes."""
    v, j = (
        [",".join(g for g, k in zip(genes, groups.tolist(), strict=True) if k == group) for group in range(n)]
        for genes, groups, n in (
            (selection.v_genes, selection.v_groups, selection.space.n_v),
            (selection.j_genes, selection.j_groups, selection.space.n_j),
        )
    )
    named = {"v": [v], "j": [j], "vj": [v, j], "length": [[str(n) for n in range(selection.space.max_length + 1)]]}
    return named.get(kind, [[str(n) for n in range(selection.space.depth)], list(RESIDUES.decode())])


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else value
