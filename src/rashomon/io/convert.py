"""From an AnnData, or a table of labels, to a data set; the user's object is read and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rashomon.core import RowLog, UsageError, did_you_mean, first_few
from rashomon.core.slots import EXPRESSION
from rashomon.dataset import Dataset, Roles, Truth, TruthKind, nesting, owners
from rashomon.dataset.colour import own_colours
from rashomon.io.expression import Expected, find_expression
from rashomon.io.label import NOTES
from rashomon.io.matrix import BUDGET
from rashomon.io.name import cell_names, lookalikes, refuse_text
from rashomon.io.origin import namespace, origin_notes
from rashomon.io.rule import refuse, remark
from rashomon.io.world import world_facts, world_notes
from rashomon.truth import TruthSpec, check_labels, declare, label_column, specs

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["MIN_CELLS", "checked_table", "from_anndata", "from_labels", "refuse_few", "with_labels"]

MIN_CELLS = 10
"""Smallest number of cells that is accepted."""

_MIN_GENES = 2
_FEW_CELLS = 50
_MANY_CLASSES = 1000

Truths = Iterable[str | TruthSpec] | Mapping[str, str] | None


def from_anndata(  # noqa: PLR0913 - one argument per role of a column, all by keyword
    adata: AnnData,
    *,
    truths: Truths = None,
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    layer: str | None = None,
    use_rep: str | None = None,
    expect: Expected | None = None,
    with_expression: bool = True,
    memory_budget: int = BUDGET,
    source: str = "AnnData",
) -> Dataset:
    """Make a data set from an AnnData, after checking everything that could mislead an analysis.

    Parameters
    ----------
    adata
        In memory (or a MuData with a modality ``gex``); not changed.
    truths
        Label columns: specs, texts ``NAME[=KIND[:ORIGIN]]`` or ``NAME=RECIPE(...)`` (see `rashomon.truth.RECIPES`), or
        a mapping from name to what follows the ``=``. ``None``: those that ``uns["rashomon"]["truths"]`` declares.
    donor_key, batch_key, sample_key, condition_key
        Columns of obs with that role.
    layer
        Layer with the matrix to analyse; ``None``: see `find_expression`.
    use_rep
        Key of ``obsm``; the embedding is taken along as a view.
    expect
        What the user says the values are: ``"counts"`` or ``"lognormalised"``; anything else is then refused.
    with_expression
        ``False``: leave the matrix out, also where it is broken; only labels (and `use_rep`) are read.
    memory_budget
        Bytes; a larger dense matrix is refused.
    source
        Name for messages.

    Returns
    -------
    The data set; its `rows` note everything that was repaired or is worth knowing.

    Raises
    ------
    InputError
        When a rule of the door is broken, see `RULES`.
    UsageError
        When a truth is declared wrongly.

    Examples
    --------
    >>> import anndata
    >>> adata = anndata.AnnData(np.random.default_rng(1).poisson(1.0, size=(12, 5)).astype("float32"))
    >>> adata.obs["cell_type"] = ["T", "B"] * 6
    >>> dataset = from_anndata(adata, truths=["cell_type=annotation:protein"])
    >>> dataset.expression.kind, dataset.truths["cell_type"].categories
    ('counts', ('B', 'T'))
    """
    adata = _expression_modality(adata)
    if adata.isbacked:
        raise refuse("matrix.lazy", "the object is backed by a file", where=source)
    obs, notes = checked_table(adata.obs)
    world = world_facts(adata.uns)
    notes = (*world_notes(world), *origin_notes(adata.uns), *notes)
    notes += refuse_few(adata.n_obs, adata.n_vars if with_expression else None, source)
    expression = None
    if with_expression:
        expression, found = find_expression(adata, layer=layer, expect=expect, budget=memory_budget)
        notes += found
    views = {} if use_rep is None else {use_rep: _view(adata, use_rep)}
    keys = {"donor": donor_key, "batch": batch_key, "sample": sample_key, "condition": condition_key}
    colours = own_colours(obs, adata.uns)
    dataset = Dataset(obs, expression, views, rows=_log(len(obs), notes), source=source, world=world, colours=colours)
    return with_labels(dataset, specs(truths, uns=namespace(adata.uns)), keys, tables=(adata.obsm, adata.uns))


def from_labels(
    labels: pd.DataFrame,
    *,
    truths: Truths = None,
    roles: Mapping[str, str | None] | None = None,
    source: str = "labels",
) -> Dataset:
    """Make a data set from a table of labels; without expression, only labels can be compared.

    Parameters
    ----------
    labels
        One row per cell, indexed by name.
    truths
        See `from_anndata`.
    roles
        Column of each role: ``donor``, ``batch``, ``sample``, ``condition``.
    source
        Name for messages.

    Raises
    ------
    InputError
        When names repeat, there are fewer than 10 rows, or a label column cannot be used.
    """
    obs, notes = checked_table(labels)
    notes += (
        *labels.attrs.get(NOTES, ()),
        *refuse_few(len(obs), None, source),
        "a table of labels: only labels can be compared",
    )
    dataset = Dataset(obs, rows=_log(len(obs), notes), source=source)
    return with_labels(dataset, specs(truths), roles or {})


def _expression_modality(adata: AnnData) -> AnnData:
    modalities = getattr(adata, "mod", None)
    if isinstance(modalities, Mapping):
        if EXPRESSION not in modalities:
            raise refuse("file.modality", f"the modalities are {', '.join(modalities) or 'none'}", where="MuData.mod")
        adata = modalities[EXPRESSION]
    if not all(hasattr(adata, name) for name in ("obs", "layers", "obsm", "isbacked")):
        raise UsageError(
            f"a {type(adata).__name__} is no AnnData",
            where="adata",
            expected="an AnnData",
            fix="read it with rashomon.io.read",
        )
    return adata


def checked_table(obs: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a copy of a table whose names are text, and notes; names that repeat or cannot be kept are refused.

    Parameters
    ----------
    obs
        One row per cell or receptor, indexed by name.

    Raises
    ------
    InputError
        ``names.repeated``, ``names.text`` or ``names.columns``.
    """
    names, notes = cell_names(obs.index)
    columns = [str(name) for name in obs.columns]
    refuse_text(columns, where="names of the columns of obs")
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise refuse(
            "names.columns", f"{len(repeated)} names occur more than once", where=f"obs: {first_few(repeated)}"
        )
    return obs.copy().set_axis(pd.Index(names, dtype=object), axis="index"), notes


def refuse_few(n_obs: int, n_vars: int | None, source: str) -> tuple[str, ...]:
    """Refuse too few cells or genes; return the note that there are few cells.

    Parameters
    ----------
    n_obs, n_vars
        Cells, and genes where there is a matrix.
    source
        Name for messages.

    Raises
    ------
    InputError
        ``matrix.too_few_cells`` or ``matrix.too_few_genes``.
    """
    if n_obs < MIN_CELLS:
        raise refuse("matrix.too_few_cells", f"there are {n_obs} cells", where=source)
    # no genes at all: a table of labels in the form of an AnnData
    if n_vars is not None and 0 < n_vars < _MIN_GENES:
        raise refuse("matrix.too_few_genes", f"there is {n_vars} gene", where=source)
    what = f"there are {n_obs} cells"
    return (remark("matrix.few_cells", what, where=source),) if n_obs < _FEW_CELLS else ()


def _view(adata: AnnData, key: str) -> np.ndarray:
    if key not in adata.obsm:
        raise refuse(
            "matrix.view", f"there is no embedding {key!r}", where="obsm", fix=did_you_mean(key, map(str, adata.obsm))
        )
    values = np.asarray(getattr(adata.obsm[key], "values", adata.obsm[key]))
    where = f"obsm[{key!r}]"
    if values.ndim != 2 or values.shape[1] < 2 or values.dtype.kind not in "iuf":
        raise refuse("matrix.view", f"it has shape {values.shape} and type {values.dtype}", where=where)
    wrong = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if wrong.size:
        cells = first_few(np.asarray(adata.obs_names)[wrong])
        raise refuse("matrix.view", f"{wrong.size} cells have NaN or infinite coordinates", where=f"{where}: {cells}")
    return np.array(values, dtype=np.float32, order="C")


def _log(n_obs: int, notes: Iterable[str]) -> RowLog:
    return RowLog(n_obs, notes=tuple(notes))


def with_labels(
    dataset: Dataset,
    declared: Iterable[TruthSpec],
    keys: Mapping[str, str | None],
    *,
    tables: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
) -> Dataset:
    """Return the data set with its truths and roles, after checking their columns.

    Parameters
    ----------
    dataset
        With the columns in its `obs`.
    declared
        The truths.
    keys
        Column of each role; None for a role without.
    tables
        ``obsm`` and ``uns``, where recipes may look for measurements.

    Raises
    ------
    InputError
        When a label column cannot be used.
    """
    wanted = tuple(declared)
    for name in {*(spec.column for spec in wanted), *keys.values()} & set(dataset.obs.columns):
        # not pd.unique: a cell of a table may hold anything, also a list
        refuse_text({str(value): None for value in dataset.obs[name]}, where=f"obs[{name!r}]")
    roles: dict[str, Truth] = {}
    of_roles: list[str] = []
    for role, key in keys.items():
        if key is not None:
            roles[role], found = _role(dataset.obs, key, role)
            of_roles += found
    declared_roles = Roles(**roles)
    truths, notes = declare(
        dataset.obs, wanted, obsm=tables[0], uns=tables[1], receptors=dataset.receptors,
        donor=owners(replace(dataset, roles=declared_roles)),
    )  # fmt: skip
    notes += (*of_roles, *_aliases(declared_roles), *_confounded(truths, declared_roles))
    for truth in {truth.name: truth for truth in (*truths.values(), *roles.values())}.values():
        notes += _odd_classes(truth)
    rows = _log(dataset.n_obs, (*dataset.rows.notes, *notes))
    return replace(dataset, truths=truths, roles=declared_roles, rows=rows)


def _role(obs: pd.DataFrame, key: str, role: str) -> tuple[Truth, tuple[str, ...]]:
    values = label_column(obs, key, where=f"obs, for {role}")
    notes = check_labels(values, where=f"obs[{key!r}] ({role})", one_class="note")
    kind: TruthKind = "biological" if role == "condition" else "technical"
    return Truth.from_series(values, kind=kind, derived_from="external"), notes


def _odd_classes(truth: Truth) -> tuple[str, ...]:
    where, n = f"obs[{truth.name!r}]", len(truth.categories)
    many = (remark("label.many", f"{n:,} classes", where=where),) if n > _MANY_CLASSES else ()
    return (*many, *lookalikes(truth.categories, where=where))


def _aliases(roles: Roles) -> Iterable[str]:
    for name, other in roles.aliased():
        what = f"{name} and {other} are one-to-one: their effects cannot be told apart"
        yield remark("label.confounded", what, where="roles")


def _confounded(truths: Mapping[str, Truth], roles: Roles) -> Iterable[str]:
    """Say which technical column leaves nothing to compare within its classes, for a truth or for the condition."""
    claims = {f"truth {name!r}": truth for name, truth in truths.items()}
    claims |= {f"{role} {column.name!r}": column for role, column in roles if role in _CLAIMS}
    for role, column in roles:
        for claim, truth in claims.items():
            both = (column.codes >= 0) & (truth.codes >= 0)
            several = min(np.unique(codes[both]).size for codes in (column.codes, truth.codes)) > 1
            how = nesting(column.codes, truth.codes) if several and column.name != truth.name else "crossed"
            if how == "same" and claim.startswith("truth"):
                what = f"{claim} and {role} {column.name!r} are one-to-one: their effects cannot be told apart"
                yield remark("label.confounded", what, where="obs")
            elif how == "nested" and role in _PROCESSING:
                what = f"every {role} ({column.name!r}) holds one class of {claim}: their effects cannot be told apart"
                yield remark("label.confounded", what, where="obs")


_CLAIMS, _PROCESSING = ("donor", "condition"), ("batch",)
"""Roles that carry effects of their own; that a donor or a sample has one condition is the plan of many studies."""
