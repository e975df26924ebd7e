"""What makes a world impossible: every problem is found at once, and named with the nearest legal value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rashomon.core import RashomonError, UsageError, did_you_mean
from rashomon.sim.mechanism import KNOBS
from rashomon.sim.part import EXPRESSION, RECEPTORS, Part
from rashomon.sim.repertoire import receptor_problems
from rashomon.sim.repertoire.rule import motif_problems
from rashomon.sim.tree import Tree

__all__ = ["Problem", "problems", "refuse_problems", "resolve_knobs"]

_PLANTED = (
    "n_groups", "hierarchy", "effect_size", "level_effects", "effect_spread", "n_markers", "proportions", "imbalance",
    "rare_share",
)  # fmt: skip
"""Knobs of types, which a twin with fitted types does not have."""


_MOST_LISTED = 20


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a world: the knob, what, and what to do."""

    knob: str
    what: str
    fix: str


def resolve_knobs(
    given: Mapping[str, Any], fitted: Mapping[str, int] | None = None, parts: tuple[Part, ...] = (EXPRESSION,)
) -> dict[str, Any]:
    """Return the value of every knob that a world has: what is given, and defaults for the rest.

    Parameters
    ----------
    given
        By name.
    fitted
        Numbers of genes, types, donors and batches of a twin, by kind; None for a generated world.
    parts
        What the world generates.

    Raises
    ------
    UsageError
        ``world.knobs``: with every problem that was found.

    Examples
    --------
    >>> resolve_knobs({"n_groups": 3})["n_groups"]
    3
    """
    refuse_problems(problems(given, fitted, parts), where="world")
    knobs = {name: given.get(name, knob.default) for name, knob in KNOBS.items()}
    if knobs["hierarchy"]:
        knobs["n_groups"] = Tree.make(knobs["hierarchy"], n_groups=knobs["n_groups"]).n_types
    decided = {knob: (fitted or {}).get(kind, 1) for knob, kind in _COUNTED.items()}
    # what a twin has more than one of cannot be planted, and is on record as it was found
    known = knobs | {knob: n for knob, n in decided.items() if n > 1}
    return {name: value for name, value in known.items() if KNOBS[name].of(parts)}


def refuse_problems(found: Iterable[Problem], *, where: str, places: Mapping[str, str] | None = None) -> None:
    """Raise one error that lists all problems; nothing when there are none.

    Parameters
    ----------
    found
        The problems.
    where
        What they were found in.
    places
        Place of each knob in a file, such as ``world.yaml:3:1``.

    Raises
    ------
    UsageError
        ``world.knobs``.
    """
    listed = list(found)
    if not listed:
        return
    lines = [f"  - {(places or {}).get(p.knob, p.knob)}: {p.what}; {p.fix}" for p in listed[:_MOST_LISTED]]
    lines += [f"  - and {len(listed) - _MOST_LISTED} more"] if len(listed) > _MOST_LISTED else []
    n = len(listed)
    raise UsageError(
        "\n".join([f"the world has {n} error{'s' if n > 1 else ''}", *lines]),
        where=where,
        expected="knobs as rashomon list knobs prints them",
        code="world.knobs",
    )


def problems(
    given: Mapping[str, Any], fitted: Mapping[str, int] | None = None, parts: tuple[Part, ...] = (EXPRESSION,)
) -> list[Problem]:
    """Return all that is wrong with `given` knobs, alone and together; `fitted`, `parts`: see `resolve_knobs`."""
    alone = [*_alone(given, fitted), *_foreign(given, parts)]
    if alone:
        return alone
    knobs = {name: given.get(name, knob.default) for name, knob in KNOBS.items()}
    found = [found for rule in _RULES for found in rule(knobs, given, fitted or {})]
    if RECEPTORS in parts:
        found += [Problem(*problem) for problem in receptor_problems(knobs)]
        found += _paired(knobs, parts)
        found += [] if "epitope" in (fitted or {}) else [Problem(*problem) for problem in motif_problems(knobs)]
    return found


def _foreign(given: Mapping[str, Any], parts: tuple[Part, ...]) -> Iterator[Problem]:
    for name in given:
        if name in KNOBS and not KNOBS[name].of(parts):
            part = KNOBS[name].part
            what = f"{name} is a knob of {part}, and this world generates {' and '.join(parts)}"
            yield Problem(name, what, f"add {part} to the parts of the world, or leave it out")


def _paired(knobs: Mapping[str, Any], parts: tuple[Part, ...]) -> Iterator[Problem]:
    if knobs["receptor_gene_depth"] and EXPRESSION not in parts:
        what = "receptors alone have no expression that a gene could be in"
        yield Problem("receptor_gene_depth", what, "add expression to the parts of the world, or leave it out")


def _alone(given: Mapping[str, Any], fitted: Mapping[str, int] | None) -> Iterator[Problem]:
    scope = "generated" if fitted is None else "fitted"
    for name, value in given.items():
        if name not in KNOBS:
            yield Problem(name, "there is no such knob", did_you_mean(name, KNOBS).partition(" known:")[0])
            continue
        knob = KNOBS[name]
        wrong = knob.wrong(value)
        if wrong is not None:
            yield Problem(name, f"{name} {wrong.removeprefix('it ')}", f"expected {knob.expected}")
        elif knob.scope not in {"any", scope} and value != knob.default:
            yield Problem(name, f"{name} is a knob of {knob.scope} worlds, and this one is {scope}", "leave it out")


Rule = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, int]], Iterable[Problem]]


def _tree(knobs: Mapping[str, Any], given: Mapping[str, Any], fitted: Mapping[str, int]) -> Iterator[Problem]:
    try:
        tree = Tree.make(knobs["hierarchy"], n_groups=given.get("n_groups", 1))
    except RashomonError as error:
        yield Problem("hierarchy", error.what, error.fix)
        return
    n_types, levels = tree.n_types, knobs["level_effects"]
    if knobs["proportions"] and len(knobs["proportions"]) != n_types:
        yield Problem("proportions", f"{len(knobs['proportions'])} shares for {n_types} types", "give one per type")
    if levels and len(levels) != len(tree.levels):
        yield Problem("level_effects", f"{len(levels)} effects for {len(tree.levels)} levels", "give one per level")
    if n_types == 1 and knobs["rare_share"]:
        yield Problem("rare_share", "one type cannot be rare", "raise n_groups")
    nodes = {tuple(nodes == node) for _, nodes in tree.levels for node in set(nodes.tolist())} if n_types > 1 else set()
    needed, n_genes = knobs["n_markers"] * len(nodes - {(True,) * n_types}), fitted.get("gene", knobs["n_genes"])
    if needed > n_genes:
        yield Problem("n_markers", f"{needed:,} markers in {n_genes:,} genes", "lower n_markers")


_DECIDED = {
    "type": _PLANTED,
    "donor": ("n_donors", "composition_variation"),
    "batch": ("n_batches", "batch_plan", "batch_association"),
    "epitope": (
        "n_epitopes",
        "binder_share",
        "epitope_imbalance",
        "orphan_share",
        "n_motifs",
        "v_bias",
        "j_bias",
        "entanglement",
        "hla_restriction",
    ),
}
"""Knobs that a twin does not have where it has several types, donors, batches or labels of receptors of its own."""


def _fixed(fitted: Mapping[str, int]) -> set[str]:
    """Return the knobs that a twin's tables decide."""
    decided = {"n_genes"} if fitted else set()
    for kind, names in _DECIDED.items():
        decided |= set(names) if fitted.get(kind, 1) > 1 else set()
    return decided


def _twin(knobs: Mapping[str, Any], given: Mapping[str, Any], fitted: Mapping[str, int]) -> Iterator[Problem]:
    del knobs
    for name in sorted(_fixed(fitted) & set(given)):
        if given[name] not in (KNOBS[name].default, fitted.get(_COUNTED.get(name, ""), KNOBS[name].default)):
            yield Problem(name, f"{name} was fitted to the data", "leave it out, or fit with null=True to plant types")


_COUNTED = {"n_genes": "gene", "n_groups": "type", "n_donors": "donor", "n_batches": "batch", "n_epitopes": "epitope"}


def _path(knobs: Mapping[str, Any], given: Mapping[str, Any], fitted: Mapping[str, int]) -> Iterator[Problem]:
    topology, several = knobs["topology"], knobs["n_groups"] > 1 or bool(knobs["hierarchy"])
    if topology != "groups" and (several or fitted.get("type", 1) > 1):
        yield Problem("topology", f"a {topology} has no groups", "leave out n_groups and hierarchy, or topology")
    if topology == "groups" and knobs["path_length"]:
        yield Problem("path_length", "groups have no path", "set topology, or leave path_length out")
    if topology != "branching" and given.get("n_branches", 3) != KNOBS["n_branches"].default:
        yield Problem("n_branches", f"{topology} has no branches", "set topology: branching, or leave n_branches out")


def _batches(knobs: Mapping[str, Any], given: Mapping[str, Any], fitted: Mapping[str, int]) -> Iterator[Problem]:
    del given, fitted
    if knobs["batch_plan"] == "nested" and knobs["batch_association"]:
        yield Problem("batch_association", "nested donors decide the batch", "set batch_plan: crossed, or leave it out")
    if knobs["batch_plan"] == "nested" and knobs["n_donors"] < knobs["n_batches"]:
        yield Problem(
            "batch_plan", f"{knobs['n_donors']} donors cannot fill {knobs['n_batches']} batches", "add donors"
        )


def _depths(knobs: Mapping[str, Any], given: Mapping[str, Any], fitted: Mapping[str, int]) -> Iterator[Problem]:
    del given, fitted
    if knobs["depth_min"] and not knobs["depth_sd"]:
        yield Problem("depth_min", "depths without spread cannot be cut", "set depth_sd, or leave depth_min out")
    if knobs["depth_min"] and knobs["depth"] and knobs["depth_sd"]:
        needed = math.log(knobs["depth_min"] / knobs["depth"]) / knobs["depth_sd"]
        if needed > _FARTHEST_CUT:
            yield Problem("depth_min", f"it is {needed:.1f} sd above a typical cell", "lower depth_min")


_FARTHEST_CUT = 6.0


def _labels(knobs: Mapping[str, Any], given: Mapping[str, Any], fitted: Mapping[str, int]) -> Iterator[Problem]:
    del fitted
    if given.get("label_confusion") == "sibling" and not knobs["hierarchy"]:
        yield Problem("label_confusion", "types without a hierarchy have no siblings", "set hierarchy, or use uniform")


_RULES: tuple[Rule, ...] = (_tree, _twin, _path, _batches, _depths, _labels)
