"""Arguments of the tools, as the rooms below want them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from anndata import AnnData

from rashomon.ask import Judged
from rashomon.cluster import user_clusterer
from rashomon.core import Step
from rashomon.dataset import Dataset
from rashomon.encode import Acts, user_transform
from rashomon.truth import TruthSpec, specs

__all__ = ["as_clusterer", "as_step", "judged_column", "own_coordinates", "with_words"]

_DRAWN = ("umap", "tsne", "pca")
"""Embeddings that are drawn, by a word in their name, the preferred first."""


def as_clusterer(given: str | Callable[..., Any] | Step) -> str | Step:
    """Return a clusterer of the catalogue by name, a step as it is, or a function of the user as a step.

    Parameters
    ----------
    given
        ``"kmeans"``, ``"module:function"``, a callable, or a step.
    """
    if isinstance(given, Step) or (isinstance(given, str) and ":" not in given):
        return given
    return user_clusterer(given)


def as_step(given: str | Callable[..., Any] | Step) -> Step:
    """Return a function of the user as a step on the view, or on the matrix.

    Parameters
    ----------
    given
        ``"module:function"``, ``"view=module:function"``, ``"x=module:function"``, a callable (on the view), or a step.
    """
    if isinstance(given, Step):
        return given
    if not isinstance(given, str) or "=" not in given:
        return user_transform(given)
    on, target = given.split("=", 1)
    return user_transform(target, on=cast("Acts", on))


def with_words(
    truths: Sequence[str | TruthSpec] | None, unassigned: Sequence[str], uns: Mapping[str, Any]
) -> list[TruthSpec]:
    """Return the declared truths, each with the words that mean "no class".

    Parameters
    ----------
    truths
        As in `rashomon.audit`; None: those that the file declares.
    unassigned
        Words of the user.
    uns
        Of the file, which may declare truths too.
    """
    return [replace(spec, unassigned=(*spec.unassigned, *unassigned)) for spec in specs(truths, uns=uns)]


def judged_column(dataset: Dataset, labels: str | None, unassigned: Sequence[str]) -> Judged | None:
    """Return the labels on trial, or None when no column was named.

    Parameters
    ----------
    dataset
        Its table holds the column.
    labels
        Name of the column.
    unassigned
        Words that mean "no class".
    """
    return None if labels is None else Judged.from_column(dataset, labels, unassigned=unassigned)


def own_coordinates(adata: AnnData) -> tuple[np.ndarray, str] | None:
    """Return the first two columns of the file's own UMAP, else t-SNE, else PCA, for drawing only, and its name.

    Parameters
    ----------
    adata
        The user's data; ``X_umap`` goes before other names with the same word, and what holds no two numbers for any
        cell is passed over.

    Returns
    -------
    Coordinates, ``float32``, shape ``(n_obs, 2)``, and their key in ``obsm``; None where there are none.
    """
    for word in _DRAWN:
        names = [name for name in map(str, adata.obsm) if word in name.casefold().replace("-", "")]
        for name in sorted(names, key=lambda name: name != f"X_{word}"):
            values = np.asarray(getattr(adata.obsm[name], "values", adata.obsm[name]))
            if values.ndim == 2 and values.shape[1] >= 2 and values.dtype.kind in "iuf":
                coordinates = values[:, :2].astype(np.float32)
                if np.isfinite(coordinates).all(axis=1).any():
                    return coordinates, name
    return None
