"""Compare the truths of a data set, or derive one, from whatever holds a table of labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import RNGLike, UsageError, first_few
from rashomon.core.labels import encode_labels
from rashomon.dataset import Dataset, Truth, owners
from rashomon.truth.column import check_labels, label_column
from rashomon.truth.declare import TruthSpec, declare, specs
from rashomon.truth.relation import relations

__all__ = ["compare", "derive", "gather"]

Truths = Iterable[str | TruthSpec] | Mapping[str, str] | None


def compare(
    data: Any,
    *,
    truths: Truths = None,
    donor_key: str | None = None,
    strata_key: str | None = None,
    rng: RNGLike = 0,
) -> pd.DataFrame:
    """Return how each pair of truths relates, with intervals.

    Parameters
    ----------
    data
        A `Dataset`, or an object with ``obs`` (an AnnData; its matrix is not read).
    truths
        Label columns and recipes, as in `specs`; for a `Dataset` also the names of its truths. ``None``: all truths of
        the data set, or all that the file declares.
    donor_key
        Column of donors: intervals are over donors where there are at least six. A `Dataset` that has the role donor
        uses it.
    strata_key
        Column within which labels are permuted for the chance level; by default there are no strata.
    rng
        Root of the half-samples.

    Returns
    -------
    One row per pair, with the columns `RELATION_COLUMNS`.

    Raises
    ------
    UsageError
        When fewer than two truths are named.
    InputError
        When a column is absent, or a recipe does not fit.

    Examples
    --------
    >>> obs = pd.DataFrame({"type": ["CD4 T", "CD8 T", "B"] * 40, "lineage": ["T", "T", "B"] * 40})
    >>> compare(Dataset(obs.set_index(obs.index.astype(str))), truths=["type", "lineage"])["relation"].tolist()
    ['refines']
    """
    found = gather(data, truths=truths)
    if len(found) < 2:
        raise UsageError(
            f"{len(found)} truths cannot be compared",
            where="truths",
            expected="two or more label columns",
            fix=f"name them: {first_few(data.obs.columns, n=8)}",
        )
    donors = data.roles.donor.codes if isinstance(data, Dataset) and data.roles.donor is not None else None
    return relations(
        found,
        donors=donors if donor_key is None else _codes(data.obs, donor_key, "donor"),
        strata=None if strata_key is None else _codes(data.obs, strata_key, "strata"),
        rng=rng,
    )


def derive(data: Any, recipe: str | TruthSpec) -> Truth:
    """Return one derived truth.

    Parameters
    ----------
    data
        As in `compare`; recipes on obsm need an AnnData.
    recipe
        ``NAME=RECIPE(...)[=KIND[:ORIGIN]]``, see `RECIPES`, or a `TruthSpec` with a recipe.

    Raises
    ------
    UsageError
        When it is no recipe.
    InputError
        When it does not fit the data.

    Examples
    --------
    >>> obs = pd.DataFrame({"time": [0.1, 0.4, 0.2, 0.9]}, index=list("abcd"))
    >>> derive(Dataset(obs), "stage=quantile(time, 2)").codes.tolist()
    [0, 1, 0, 1]
    """
    spec = TruthSpec.parse(recipe) if isinstance(recipe, str) else recipe
    if spec.recipe is None:
        raise UsageError(
            f"{spec.column!r} is no derived truth", where="derive", expected="NAME=RECIPE(...)", code="truth.recipe"
        )
    return gather(data, truths=[spec])[spec.column]


def gather(data: Any, *, truths: Truths = None) -> dict[str, Truth]:
    """Return the truths that `truths` names in `data`, by name; see `compare`.

    Raises
    ------
    UsageError
        When `data` holds no table of labels.
    """
    if not isinstance(getattr(data, "obs", None), pd.DataFrame):
        raise UsageError(f"a {type(data).__name__} holds no labels", where="truths", expected="an AnnData or a Dataset")
    own = data.truths if isinstance(data, Dataset) else {}
    if truths is None and own:
        return dict(own)
    obsm, uns = (getattr(data, name, {}) for name in ("obsm", "uns"))
    declared = {name: _spec(truth) for name, truth in own.items()}
    wanted = specs(truths, uns=uns, known=declared)
    receptors = data.receptors if isinstance(data, Dataset) else None
    made, _ = declare(
        data.obs,
        [spec for spec in wanted if spec not in declared.values()],
        obsm=obsm,
        uns=uns,
        receptors=receptors,
        donor=owners(data) if isinstance(data, Dataset) else None,
    )
    return {spec.column: made.get(spec.column) or own[spec.column] for spec in wanted}


def _spec(truth: Truth) -> TruthSpec:
    return TruthSpec(truth.name, truth.kind, truth.derived_from)


def _codes(obs: pd.DataFrame, key: str, role: str) -> np.ndarray:
    values = label_column(obs, key, where=f"obs, for {role}")
    check_labels(values, where=f"obs[{key!r}] ({role})", one_class="note")
    return encode_labels(values)[0]
