"""Declared truths: which columns, of which kind, made from which data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import numpy as np
import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.core.labels import MISSING, UNASSIGNED
from rashomon.core.slots import NAMESPACE, RESERVED_LABELS
from rashomon.dataset import Origin, Receptors, Truth, TruthKind
from rashomon.truth.column import check_labels, label_column
from rashomon.truth.recipe import Recipe, parse_recipe
from rashomon.truth.source import Source

__all__ = ["TruthSpec", "declaration", "declare", "declared", "specs"]

_DERIVED = re.compile(r"(?P<name>[^=()]+)=(?P<recipe>\w+\(.*\))(?:=(?P<rest>[^=()]*))?")


@dataclass(frozen=True)
class TruthSpec:
    """What a user says about a label column before it is read.

    Parameters
    ----------
    column
        Name of the column of obs; also the name of the truth. With a recipe, the name of the new truth.
    kind
        See `rashomon.dataset.Truth`; ``"annotation"`` where nobody said, or what the parents of a recipe have.
    derived_from
        The data the labels were made from; ``None`` when nobody said. What the parents of a recipe were made from is
        inherited in any case.
    unassigned
        Words of the column, beside the reserved ones, that mean "no class": ``ungated``.
    recipe
        How the labels are derived; ``None``: they are read.
    parents
        What is declared about the columns that the recipe uses; `specs` fills it.

    Raises
    ------
    UsageError
        When `kind` or `derived_from` is unknown, or `column` is empty.
    """

    column: str
    kind: TruthKind | None = None
    derived_from: Origin | None = None
    unassigned: tuple[str, ...] = ()
    recipe: Recipe | None = None
    parents: tuple[TruthSpec, ...] = ()

    def __post_init__(self) -> None:
        if self.kind is None and self.recipe is None:
            object.__setattr__(self, "kind", "annotation")
        if not self.column:
            raise UsageError("a truth has no name", where="truths", expected="NAME[=KIND[:ORIGIN]]", code="truth.name")
        for value, options, field in ((self.kind, TruthKind, "kind"), (self.derived_from, Origin, "derived_from")):
            if value is not None and value not in get_args(options):
                raise UsageError(
                    f"unknown {field} {value!r}",
                    where=f"truth {self.column!r}",
                    expected="NAME[=KIND[:ORIGIN]]",
                    fix=did_you_mean(str(value), get_args(options)),
                    code=f"truth.{field}",
                )

    @classmethod
    def parse(cls, text: str) -> TruthSpec:
        """Read ``NAME[=KIND[:ORIGIN]]`` or ``NAME=RECIPE(...)[=KIND[:ORIGIN]]``.

        Parameters
        ----------
        text
            The last ``=`` separates; a column whose name holds one needs its kind spelled out. For recipes see
            `rashomon.truth.RECIPES`.

        Raises
        ------
        UsageError
            When the kind, the origin or the recipe is unknown.

        Examples
        --------
        >>> spec = TruthSpec.parse("gate=annotation:protein")
        >>> spec.column, spec.kind, spec.derived_from
        ('gate', 'annotation', 'protein')
        >>> TruthSpec.parse("cell_type").kind
        'annotation'
        >>> TruthSpec.parse("early=quantile(pseudotime, 2)").recipe
        Quantiles(parent='pseudotime', n_classes=2)
        """
        derived = _DERIVED.fullmatch(text)
        if derived is None:
            return _plain(text)
        recipe = parse_recipe(derived["recipe"])
        if derived["rest"] is None:
            return cls(derived["name"], recipe=recipe)
        return replace(_plain(f"{derived['name']}={derived['rest']}"), recipe=recipe)


def _plain(text: str) -> TruthSpec:
    """Read ``NAME[=KIND[:ORIGIN]]`` only: a file may not make us read another file."""
    column, equals, rest = text.rpartition("=")
    if not equals:
        return TruthSpec(text)
    kind, _, origin = rest.partition(":")
    return TruthSpec(column, cast("TruthKind", kind), cast("Origin", origin) if origin else None)


def specs(
    truths: Iterable[str | TruthSpec] | Mapping[str, str] | None,
    *,
    uns: Mapping[str, Any] | None = None,
    known: Mapping[str, TruthSpec] | None = None,
) -> tuple[TruthSpec, ...]:
    """Return what was declared, in order: what the call says goes before what the file says.

    Parameters
    ----------
    truths
        Specs, texts ``NAME[=KIND[:ORIGIN]]`` or ``NAME=RECIPE(...)``, or a mapping from name to what follows the
        ``=``. ``None``: all truths that the file declares.
    uns
        ``adata.uns``; a truth that is given by its bare name takes the kind declared there.
    known
        Further declarations, by name, in the place of those of the file.

    Raises
    ------
    UsageError
        When a kind, an origin or a recipe is unknown, a truth is given twice, or a recipe uses its own result.

    Examples
    --------
    >>> uns = {"rashomon": {"truths": {"gate": "annotation:protein"}}}
    >>> [spec.derived_from for spec in specs(["gate", "stage=biological"], uns=uns)]
    ['protein', None]
    """
    known = {**declared(uns or {}), **(known or {})}
    if truths is None:
        return tuple(known.values())
    items = [f"{column}={rest}" for column, rest in truths.items()] if isinstance(truths, Mapping) else [*truths]
    found = [_one(item, known) for item in items]
    names = [spec.column for spec in found]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise UsageError(f"truth {repeated!r} is given twice", where="truths", fix="name each column once")
    by_name = {**known, **{spec.column: spec for spec in found}}
    return tuple(_with_parents(spec, by_name, ()) for spec in found)


def _with_parents(spec: TruthSpec, known: Mapping[str, TruthSpec], below: tuple[str, ...]) -> TruthSpec:
    """Return `spec` with what is declared about the columns that its recipe uses, and about theirs."""
    if spec.recipe is None:
        return spec
    path = (*below, spec.column)
    if set(spec.recipe.parents) & set(path):
        raise UsageError(
            f"truth {spec.column!r} is made from itself",
            where=f"truths: {' from '.join([*path, *spec.recipe.parents])}",
            fix="give the derived truth another name than its column",
            code="truth.recipe",
        )
    parents = (known.get(name, TruthSpec(name)) for name in spec.recipe.parents)
    return replace(spec, parents=tuple(_with_parents(parent, known, path) for parent in parents))


def _one(item: str | TruthSpec, known: Mapping[str, TruthSpec]) -> TruthSpec:
    if isinstance(item, TruthSpec):
        return item
    return known[item] if item in known else TruthSpec.parse(item)


def declared(uns: Mapping[str, Any]) -> dict[str, TruthSpec]:
    """Return the truths that a file declares in ``uns["rashomon"]["truths"]`` (`uns` is ``adata.uns``), by column.

    Those made from the expression come last.

    Raises
    ------
    UsageError
        When a kind or an origin there is unknown.
    """
    listed = uns.get(NAMESPACE, {}).get("truths", {})
    found = [_plain(f"{column}={rest}") for column, rest in listed.items()]
    # files keep no order; what cannot win comes last, so that pictures show what can
    return {spec.column: spec for spec in sorted(found, key=lambda spec: spec.derived_from == "expression")}


def declaration(truths: Mapping[str, Truth]) -> dict[str, str]:
    """Return what to store in ``uns["rashomon"]["truths"]`` so that `declared` finds `truths` again.

    Examples
    --------
    >>> declaration({"t": Truth.from_series(pd.Series(["a", "b"]), name="t", kind="biological")})
    {'t': 'biological'}
    """
    return {
        name: truth.kind if truth.derived_from is None else f"{truth.kind}:{truth.derived_from}"
        for name, truth in truths.items()
    }


def declare(
    obs: pd.DataFrame,
    specs: Iterable[TruthSpec],
    *,
    obsm: Mapping[str, Any] | None = None,
    uns: Mapping[str, Any] | None = None,
    receptors: Receptors | None = None,
    donor: np.ndarray | None = None,
) -> tuple[dict[str, Truth], tuple[str, ...]]:
    """Read, or derive, declared truths from a table.

    Parameters
    ----------
    obs
        Table with one row per item.
    specs
        What to read; recipes as the function `specs` returns them.
    obsm, uns
        Measurements and soft labels, and names of columns, for recipes.
    receptors, donor
        Chains, and the code of the donor of each row (negative: unknown), for recipes of clonotypes.

    Returns
    -------
    truths
        By name, in the order of `specs`.
    notes
        Rows without label and rows that say "no class", per truth; how derived truths were made.

    Raises
    ------
    InputError
        When a column is absent, its labels cannot be compared with anything, or a recipe does not fit the data.
    """
    source = Source(obs, obsm or {}, uns or {}, receptors=receptors, donor=donor)
    truths: dict[str, Truth] = {}
    notes: list[str] = []
    for spec in specs:
        truths[spec.column], found = _make(spec, source)
        notes += found
    return truths, tuple(dict.fromkeys(notes))


def _make(spec: TruthSpec, source: Source) -> tuple[Truth, tuple[str, ...]]:
    if spec.recipe is None:
        return _read(spec, source.obs)
    # a spec that did not pass through `specs` knows nothing about its columns
    known = spec.parents or tuple(TruthSpec(name) for name in spec.recipe.parents)
    words = [replace(parent, unassigned=(*parent.unassigned, *spec.unassigned)) for parent in known]
    parents = [_make(parent, source) for parent in words] if spec.recipe.from_labels else []
    truth, found = spec.recipe.make(replace(source, parents=tuple(each for each, _ in parents)), name=spec.column)
    notes = [note for _, said in parents for note in said]
    truth = _declared_as(truth, spec)
    return truth, (*notes, *found, *check_labels(_as_series(truth), where=f"truth {spec.column!r}"))


def _as_series(truth: Truth) -> pd.Series[Any]:
    # missing and "no class" change places: they are read from the end of the list
    names = np.array([*truth.categories, "unknown", None], dtype=object)
    return pd.Series(names[np.where(truth.codes < 0, MISSING + UNASSIGNED - truth.codes, truth.codes)])


def _declared_as(truth: Truth, spec: TruthSpec) -> Truth:
    """Return a derived truth with what was said about it; what it inherits is never taken away."""
    inherited = [origin for parent in spec.parents for origin in _origins(parent)]
    origins = dict.fromkeys([*truth.origins, *inherited])
    first = spec.derived_from or truth.derived_from or (inherited[0] if inherited and not truth.parents else None)
    kinds = {parent.kind for parent in spec.parents} if not truth.parents else {truth.kind}
    kind = spec.kind or (kinds.pop() if len(kinds) == 1 else None) or truth.kind
    return replace(
        truth,
        kind=kind,
        derived_from=first,
        parents=truth.parents or tuple(parent.column for parent in spec.parents),
        also_from=tuple(origin for origin in origins if origin != first),
    )


def _origins(spec: TruthSpec) -> tuple[Origin, ...]:
    own = () if spec.derived_from is None else (spec.derived_from,)
    return (*own, *(origin for parent in spec.parents for origin in _origins(parent)))


def _read(spec: TruthSpec, obs: pd.DataFrame) -> tuple[Truth, tuple[str, ...]]:
    values = label_column(obs, spec.column)
    words = RESERVED_LABELS | set(spec.unassigned)
    notes = check_labels(values, where=f"obs[{spec.column!r}]", unassigned=words)
    kind: TruthKind = spec.kind or "annotation"
    return Truth.from_series(values, kind=kind, derived_from=spec.derived_from, unassigned=words), notes
