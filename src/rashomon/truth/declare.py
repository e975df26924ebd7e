"""Declared truths: which columns, of which kind, made from which data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import pandas as pd

from rashomon.core import UsageError, did_you_mean
from rashomon.core.slots import NAMESPACE, RESERVED_LABELS
from rashomon.dataset import Origin, Truth, TruthKind
from rashomon.truth.column import check_labels, label_column

__all__ = ["TruthSpec", "declaration", "declare", "declared", "specs"]


@dataclass(frozen=True)
class TruthSpec:
    """What a user says about a label column before it is read.

    Parameters
    ----------
    column
        Name of the column of obs; also the name of the truth.
    kind
        See `rashomon.dataset.Truth`.
    derived_from
        The data the labels were made from; ``None`` when nobody said.
    unassigned
        Words of the column, beside the reserved ones, that mean "no class": ``ungated``.

    Raises
    ------
    UsageError
        When `kind` or `derived_from` is unknown, or `column` is empty.
    """

    column: str
    kind: TruthKind = "annotation"
    derived_from: Origin | None = None
    unassigned: tuple[str, ...] = ()

    def __post_init__(self) -> None:
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
        """Read ``NAME[=KIND[:ORIGIN]]``.

        Parameters
        ----------
        text
            The last ``=`` separates; a column whose name holds one needs its kind spelled out.

        Raises
        ------
        UsageError
            When the kind or the origin is unknown.

        Examples
        --------
        >>> spec = TruthSpec.parse("gate=annotation:protein")
        >>> spec.column, spec.kind, spec.derived_from
        ('gate', 'annotation', 'protein')
        >>> TruthSpec.parse("cell_type").kind
        'annotation'
        """
        column, equals, rest = text.rpartition("=")
        if not equals:
            return cls(text)
        kind, _, origin = rest.partition(":")
        return cls(column, cast("TruthKind", kind), cast("Origin", origin) if origin else None)


def specs(
    truths: Iterable[str | TruthSpec] | Mapping[str, str] | None, *, uns: Mapping[str, Any] | None = None
) -> tuple[TruthSpec, ...]:
    """Return what was declared, in order: what the call says goes before what the file says.

    Parameters
    ----------
    truths
        Specs, texts ``NAME[=KIND[:ORIGIN]]``, or a mapping from column to ``KIND[:ORIGIN]``. ``None``: all truths that
        the file declares.
    uns
        ``adata.uns``; a truth that is given by its bare name takes the kind declared there.

    Raises
    ------
    UsageError
        When a kind or an origin is unknown, or a truth is given twice.

    Examples
    --------
    >>> uns = {"rashomon": {"truths": {"gate": "annotation:protein"}}}
    >>> [spec.derived_from for spec in specs(["gate", "stage=biological"], uns=uns)]
    ['protein', None]
    """
    known = declared(uns or {})
    if truths is None:
        return tuple(known.values())
    items = [f"{column}={rest}" for column, rest in truths.items()] if isinstance(truths, Mapping) else [*truths]
    found = [_one(item, known) for item in items]
    names = [spec.column for spec in found]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise UsageError(f"truth {repeated!r} is given twice", where="truths", fix="name each column once")
    return tuple(found)


def _one(item: str | TruthSpec, known: Mapping[str, TruthSpec]) -> TruthSpec:
    if isinstance(item, TruthSpec):
        return item
    return known[item] if item in known else TruthSpec.parse(item)


def declared(uns: Mapping[str, Any]) -> dict[str, TruthSpec]:
    """Return the truths that a file declares in ``uns["rashomon"]["truths"]`` (`uns` is ``adata.uns``), by column.

    Raises
    ------
    UsageError
        When a kind or an origin there is unknown.
    """
    listed = uns.get(NAMESPACE, {}).get("truths", {})
    return {str(column): TruthSpec.parse(f"{column}={rest}") for column, rest in listed.items()}


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


def declare(obs: pd.DataFrame, specs: Iterable[TruthSpec]) -> tuple[dict[str, Truth], tuple[str, ...]]:
    """Read declared truths from a table.

    Parameters
    ----------
    obs
        Table with one row per item.
    specs
        What to read.

    Returns
    -------
    truths
        By name, in the order of `specs`.
    notes
        Rows without label and rows that say "no class", per truth.

    Raises
    ------
    InputError
        When a column is absent, or its labels cannot be compared with anything.
    """
    truths: dict[str, Truth] = {}
    notes: list[str] = []
    for spec in specs:
        values = label_column(obs, spec.column)
        words = RESERVED_LABELS | set(spec.unassigned)
        notes += check_labels(values, where=f"obs[{spec.column!r}]", unassigned=words)
        truths[spec.column] = Truth.from_series(
            values, kind=spec.kind, derived_from=spec.derived_from, unassigned=words
        )
    return truths, tuple(notes)
