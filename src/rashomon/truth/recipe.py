"""Recipes: derived truths as text, ``NAME=map(cell_type, mapping.csv)``, read strictly."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rashomon.cluster.clonotype_definition import parse_definition
from rashomon.core import Registry, UsageError, did_you_mean
from rashomon.dataset import Truth
from rashomon.truth.clonotype import clonotype_truth
from rashomon.truth.column import label_column
from rashomon.truth.derive import coarsen, cross, gated, most_likely, quantile_classes
from rashomon.truth.gate import Gate
from rashomon.truth.mapping import read_mapping
from rashomon.truth.rule import DERIVE_RULES
from rashomon.truth.source import Source

__all__ = [
    "RECIPES",
    "Clonotype",
    "Coarsening",
    "Crossing",
    "Gating",
    "MostLikely",
    "Quantiles",
    "Recipe",
    "RecipeKind",
]
__all__ += ["parse_recipe"]

_RULES = {rule.name: rule for rule in DERIVE_RULES}
_TEXT = re.compile(r"(?P<verb>\w+)\((?P<arguments>.*)\)")


class Recipe(Protocol):
    """How a truth is derived."""

    @property
    def parents(self) -> tuple[str, ...]:
        """Columns of labels, or of obs, that it is made from; it inherits what is declared about them."""

    @property
    def from_labels(self) -> bool:
        """Whether the parents are read as labels; otherwise as measurements."""

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return the truth called `name`, and notes; `source` holds the parents where `from_labels`."""


@dataclass(frozen=True)
class Coarsening:
    """Unions of classes: each class of the column `parent` is renamed by `mapping`; others stay if `keep_unmapped`.

    Parameters
    ----------
    parent
        Column of labels.
    mapping
        Class to coarser class.
    keep_unmapped
        See `coarsen`.
    """

    parent: str
    mapping: Mapping[str, str]
    keep_unmapped: bool = False
    from_labels = True

    @property
    def parents(self) -> tuple[str, ...]:
        """The finer labels."""
        return (self.parent,)

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return the coarser truth and notes, see `coarsen`; `source` holds the parent, `name` is the new one."""
        return coarsen(source.parents[0], self.mapping, name=name, keep_unmapped=self.keep_unmapped)


@dataclass(frozen=True)
class Crossing:
    """Pairs of a class of the column `a` and a class of the column `b`."""

    a: str
    b: str
    from_labels = True

    @property
    def parents(self) -> tuple[str, ...]:
        """Both columns."""
        return self.a, self.b

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return the crossed truth and notes, see `cross`; `source` holds the parents, `name` is the new one."""
        return cross(source.parents[0], source.parents[1], name=name)


@dataclass(frozen=True)
class Quantiles:
    """Classes of about equal size along the numeric column `parent`, `n_classes` of them."""

    parent: str
    n_classes: int
    from_labels = False

    @property
    def parents(self) -> tuple[str, ...]:
        """The numeric column."""
        return (self.parent,)

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return classes of a column of `source` and notes, see `quantile_classes`; `name` is the new one."""
        return quantile_classes(label_column(source.obs, self.parent), n_classes=self.n_classes, name=name)


@dataclass(frozen=True)
class Gating:
    """Named classes from thresholds: the `gates`."""

    gates: tuple[Gate, ...]
    from_labels = False

    @property
    def markers(self) -> tuple[str, ...]:
        """Every measurement that a gate asks for, once."""
        return tuple(dict.fromkeys(condition.marker for gate in self.gates for condition in gate.conditions))

    @property
    def parents(self) -> tuple[str, ...]:
        """The markers that are columns of obs."""
        return tuple(marker for marker in self.markers if ":" not in marker)

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return the gates on measurements of `source` and notes, see `gated`; `name` is the new one."""
        return gated({marker: source.measurement(marker) for marker in self.markers}, self.gates, name=name)


@dataclass(frozen=True)
class MostLikely:
    """The most probable class of soft labels in ``obsm[key]``, where its probability is at least `min_probability`."""

    key: str
    min_probability: float = 0.5
    from_labels = False

    @property
    def parents(self) -> tuple[str, ...]:
        """None: soft labels are no column."""
        return ()

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return the classes of a table of `source` and notes, see `most_likely`; `name` is the new one."""
        return most_likely(source.table(self.key), min_probability=self.min_probability, name=name)


@dataclass(frozen=True)
class Clonotype:
    """The clonotypes by a `definition`, see `rashomon.cluster.clonotype_definition.parse_definition`."""

    definition: str
    from_labels = False

    @property
    def parents(self) -> tuple[str, ...]:
        """None: sequences are no column."""
        return ()

    def make(self, source: Source, *, name: str) -> tuple[Truth, tuple[str, ...]]:
        """Return the clonotypes of the receptors of `source` and notes, see `clonotype_truth`; `name` is the new one.

        Raises
        ------
        InputError
            ``derive.source`` when there are no receptors.
        """
        if source.receptors is None:
            raise _RULES["derive.source"].broken(
                "there are no receptors", where=f"truth {name!r}", expected="a table of receptors", fix="give AIRR data"
            )
        n_obs = len(source.obs)
        donor = np.zeros(n_obs, dtype=np.int64) if source.donor is None else source.donor
        truth, notes = clonotype_truth(source.receptors, n_obs, self.definition, donor=donor, name=name)
        one = (
            () if source.donor is not None else (f"{name!r}: no donor is declared, so all rows count as of one donor",)
        )
        return truth, (*notes, *one)


@dataclass(frozen=True)
class RecipeKind:
    """One way to derive a truth.

    Parameters
    ----------
    name
        The word before the bracket.
    usage
        How it is written.
    summary
        What it makes.
    read
        Makes the recipe from the texts between the commas.
    """

    name: str
    usage: str
    summary: str
    read: Callable[[list[str]], Recipe]


def parse_recipe(text: str) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    text
        ``WORD(ARGUMENT, ...)``; an argument with a comma stands in double quotes. The words are those of `RECIPES`.

    Returns
    -------
    What to do; nothing but the file of a mapping has been read.

    Raises
    ------
    UsageError
        ``truth.recipe`` when it is no recipe.
    InputError
        ``derive.mapping`` when the file of a mapping cannot be used.

    Examples
    --------
    >>> parse_recipe("quantile(pseudotime, 4)")
    Quantiles(parent='pseudotime', n_classes=4)
    >>> parse_recipe('cross("cell type, fine", stim)').parents
    ('cell type, fine', 'stim')
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise _wrong(f"{text!r} is no recipe")
    if found["verb"] not in RECIPES:
        raise _wrong(f"unknown recipe {found['verb']!r}", fix=did_you_mean(found["verb"], RECIPES))
    kind = RECIPES[found["verb"]]
    try:
        return kind.read(_arguments(found["arguments"]))
    except (ValueError, csv.Error) as error:
        raise _wrong(f"{text!r} cannot be read: {error}", expected=kind.usage) from None


def _arguments(text: str) -> list[str]:
    rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    arguments = [argument.strip() for argument in (rows[0] if rows else [])]
    if not arguments or not all(arguments):
        raise ValueError("an argument is empty")
    return arguments


def _wrong(what: str, *, expected: str = "", fix: str = "") -> UsageError:
    usages = "; ".join(kind.usage for kind in RECIPES.values())
    return UsageError(what, where="a derived truth", expected=expected or usages, fix=fix, code="truth.recipe")


def _count(arguments: list[str], low: int, high: int) -> None:
    if not low <= len(arguments) <= high:
        raise ValueError(f"it has {len(arguments)} arguments")


def _read_map(arguments: list[str]) -> Recipe:
    _count(arguments, 2, 3)
    if arguments[2:] not in ([], ["keep"]):
        raise ValueError(f"{arguments[2]!r} is not 'keep'")
    return Coarsening(arguments[0], read_mapping(arguments[1]), keep_unmapped=len(arguments) == 3)


def _read_cross(arguments: list[str]) -> Recipe:
    _count(arguments, 2, 2)
    if arguments[0] == arguments[1]:
        raise ValueError("a column is crossed with itself")
    return Crossing(arguments[0], arguments[1])


def _read_quantile(arguments: list[str]) -> Recipe:
    _count(arguments, 2, 2)
    return Quantiles(arguments[0], int(arguments[1]))


def _read_threshold(arguments: list[str]) -> Recipe:
    return Gating(tuple(Gate.parse(argument) for argument in arguments))


def _read_argmax(arguments: list[str]) -> Recipe:
    _count(arguments, 1, 2)
    return MostLikely(arguments[0], *map(float, arguments[1:]))


def _read_clonotype(arguments: list[str]) -> Recipe:
    _count(arguments, 1, 2)
    return Clonotype(parse_definition(", ".join(arguments)).name)


RECIPES: Registry[RecipeKind] = Registry(
    "recipe",
    [
        RecipeKind(
            "map", "map(COLUMN, FILE.csv[, keep])", "Unions of classes, from a table of two columns.", _read_map
        ),
        RecipeKind("cross", "cross(COLUMN, COLUMN)", "Pairs of the classes of two columns.", _read_cross),
        RecipeKind(
            "quantile", "quantile(COLUMN, N)", "N classes of equal size along a numeric column.", _read_quantile
        ),
        RecipeKind(
            "threshold",
            "threshold(KEY:MARKER>=NUMBER [& ...] [as NAME], ...)",
            "Gates on measurements in obs or obsm; what is in none, or in several, has no class.",
            _read_threshold,
        ),
        RecipeKind(
            "argmax",
            "argmax(KEY[, MIN_PROBABILITY])",
            "The most probable class of soft labels in obsm, where it is probable enough (0.5).",
            _read_argmax,
        ),
        RecipeKind(
            "clonotype",
            "clonotype(DEFINITION[, ARM])",
            "Receptors of one donor that share what the definition asks for: aa+V+J, hamming<=1, bcr.",
            _read_clonotype,
        ),
    ],
)
"""Every way to derive a truth."""
