"""What no multiverse offers, and why; asked for by name, it is refused with that reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rashomon.core import Registry, UsageError
from rashomon.dataset import Dataset, nesting
from rashomon.multiverse.choice import Level

__all__ = ["EXCLUDED", "Excluded", "aliased_with_batch", "refuse_excluded"]

_DRAWINGS = ("umap", "tsne", "t-sne", "t_sne", "phate", "draw_graph", "forceatlas")
_FEWEST_PCS = 10
_LARGEST_SHARE = 10


@dataclass(frozen=True)
class Excluded:
    """An alternative that is not defensible.

    Parameters
    ----------
    name
        What it is.
    choice
        The choice (or argument) in which it would be asked for.
    summary
        Why it is not offered.
    citation
        Who showed it.
    instead
        What to do.
    asked
        Whether a level of the choice on a data set asks for it; None when no level of ours can.
    """

    name: str
    choice: str
    summary: str
    citation: str
    instead: str
    asked: Callable[[Level, Dataset], bool] | None = None


def aliased_with_batch(dataset: Dataset) -> str:
    """Return the role that integration over the batches would remove with them; empty when there is none.

    A condition whose classes are each made of whole batches, and a donor column that is one-to-one with the batches:
    what integration takes out cannot be told apart from them.
    """
    roles = dataset.roles
    if roles.batch is None:
        return ""
    for role, column, refused in (
        ("condition", roles.condition, ("same", "nested")),
        ("donor", roles.donor, ("same",)),
    ):
        several = column is not None and len(column.categories) > 1
        if column is not None and several and nesting(roles.batch.codes, column.codes) in refused:
            return role
    return ""


EXCLUDED: Registry[Excluded] = Registry(
    "excluded alternative",
    [
        Excluded(
            "clustering on a drawing",
            "use_rep",
            "UMAP and t-SNE keep neither distances nor densities, so clusters cut from them can be artefacts",
            "Chari & Pachter (2023), PLOS Computational Biology 19:e1011288",
            "start from the principal components or an embedding made for analysis",
            lambda level, _: any(word in str(level).casefold() for word in _DRAWINGS),
        ),
        Excluded(
            "counts without normalisation",
            "normalise",
            "sequencing depth is then the largest difference between cells",
            "Luecken & Theis (2019), Molecular Systems Biology 15:e8746",
            "choose one of the normalisations",
            lambda level, _: str(level).casefold() in {"none", "raw", "counts"},
        ),
        Excluded(
            "logarithm of logarithms",
            "normalise",
            "values that are log-normalised already are squeezed once more, and depth is normalised on the wrong scale",
            "Luecken & Theis (2019), Molecular Systems Biology 15:e8746",
            "start from the counts, or take the values as given",
            lambda level, dataset: (
                dataset.expression is not None
                and dataset.expression.kind == "lognormalised"
                and str(level).startswith("log ")
            ),
        ),
        Excluded(
            "seurat_v3 on logarithms",
            "gene_flavor",
            "its trend of variance by mean is that of counts; on logarithms the ranking is another one",
            "Stuart et al. (2019), Cell 177:1888",
            "give counts, or choose genes with seurat or cell_ranger",
            lambda level, dataset: (
                level == "seurat_v3" and dataset.expression is not None and dataset.expression.kind != "counts"
            ),
        ),
        Excluded(
            "features chosen from the labels",
            "gene_flavor",
            "genes picked because they differ between the labels bring the labels back: the agreement is circular",
            "Kriegeskorte et al. (2009), Nature Neuroscience 12:535",
            "choose genes by their variance",
            lambda level, _: str(level).casefold() in {"markers", "labels", "supervised"},
        ),
        Excluded(
            "integration across an aliased role",
            "integrate",
            "where batches and the condition (or the donors) are the same cells, removing one removes the other",
            "Hicks et al. (2018), Biostatistics 19:562",
            "cluster within the batches, or leave integration out",
            lambda level, dataset: level != "none" and bool(aliased_with_batch(dataset)),
        ),
        Excluded(
            "regressing out depth",
            "regress",
            "depth differs between cell types, so regressing it out by default removes biology with it",
            "Luecken & Theis (2019), Molecular Systems Biology 15:e8746",
            "normalise, and look whether a cluster follows depth",
            lambda *_: True,
        ),
        Excluded(
            "neighbours above a tenth of the cells",
            "n_neighbours",
            "a graph in which each cell meets a tenth of all others or more joins small groups to large ones",
            "von Luxburg (2007), Statistics and Computing 17:395",
            "use fewer neighbours",
            lambda level, dataset: isinstance(level, int | float) and level * _LARGEST_SHARE > dataset.n_obs,
        ),
        Excluded(
            "fewer than 10 components",
            "n_pcs",
            "types that differ in few genes lie beyond the first components",
            "Heumos et al. (2023), Nature Reviews Genetics 24:550",
            "keep 10 components or more",
            lambda level, _: isinstance(level, int | float) and level < _FEWEST_PCS,
        ),
    ],
)
"""Every alternative that is left out on purpose."""


def refuse_excluded(choice: str, level: Level, *, dataset: Dataset) -> None:
    """Do nothing, unless `level` of `choice` is an alternative that is left out on purpose.

    Parameters
    ----------
    choice
        Name of the choice or argument.
    level
        What was asked for.
    dataset
        Kind of matrix, roles and number of cells.

    Raises
    ------
    UsageError
        ``multiverse.excluded``, with the reason and its source.
    """
    for record in EXCLUDED.values():
        if record.choice == choice and record.asked is not None and record.asked(level, dataset):
            raise UsageError(
                f"{choice} = {level!r} is not offered ({record.name}): {record.summary}",
                where=choice,
                expected=f"a defensible alternative ({record.citation})",
                fix=record.instead,
                code="multiverse.excluded",
            )
