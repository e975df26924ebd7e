"""Choices from the matrix to the embedding: normalisation, genes, scaling, components, integration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rashomon.dataset import Expression
from rashomon.encode.gene_set import GENE_SETS, flag_genes
from rashomon.multiverse.choice import Choice, Level, Option
from rashomon.multiverse.excluded import aliased_with_batch
from rashomon.multiverse.gene_flavor import GENE_FLAVORS
from rashomon.multiverse.normalisation import NORMALISATIONS, Normalisation
from rashomon.multiverse.offer import Offer
from rashomon.multiverse.own_step import MATRIX_STEP, own_step_choice

__all__ = ["BEFORE_VIEW", "data_choices"]

BEFORE_VIEW = (
    "normalise", "n_genes", "gene_flavor", "gene_batch", "excluded_genes", "scale", "n_pcs", "integrate",
)  # fmt: skip
"""Names of the choices that are made before there is an embedding, in their order."""

_LEAST_BATCH = 50
"""Cells of the smallest batch below which genes are not ranked within batches (a convention)."""

_MOST_DENSE = 2 * 2**30
"""Bytes of a dense matrix of all genes above which only chosen genes are used."""

_SATIJA = "Satija et al. (2015), Nature Biotechnology 33:495"
_BEST = "Luecken & Theis (2019), Molecular Systems Biology 15:e8746"
_ATLAS = "Luecken et al. (2022), Nature Methods 19:41"
_PRACTICE = "Heumos et al. (2023), Nature Reviews Genetics 24:550"

_SCALES: Mapping[str, Option] = {
    "clip 10": Option("clip 10", "every gene has the same weight; values beyond 10 sd are clipped", _SATIJA),
    "none": Option("none", "highly expressed variable genes keep their weight", _BEST),
}

_SOLVERS: Mapping[str, Option] = {
    "covariance": Option(
        "covariance", "all components at once: fewer are the first of more", "Jolliffe (2002), Springer"
    ),
    "arpack": Option("arpack", "scanpy's default: each number of components by itself, by iteration", _SATIJA),
}
"""Offered on request only: they differ by rounding."""

_GENE_BATCHES: Mapping[str, Option] = {
    "across all cells": Option("across all cells", "one ranking of the genes for all cells", _SATIJA),
    "by batch": Option("by batch", "genes that vary within many batches, not between them", _ATLAS),
}

_INTEGRATIONS: Mapping[str, Option] = {
    "none": Option("none", "differences between batches stay, the biological ones too", _ATLAS),
    "harmony": Option(
        "harmony",
        "components without what divides the batches: asks which groups are left when batches may not differ",
        "Korsunsky et al. (2019), Nature Methods 16:1289",
        "another question",
    ),
}

_ALL_GENES = Option("none", "genes of every kind may be chosen, as in most published analyses", _SATIJA)


def data_choices(offer: Offer, expression: Expression) -> list[Choice]:
    """Return the choices before the embedding, in the order of the analysis.

    Parameters
    ----------
    offer
        Data set, budget and wishes; receives what cannot be run.
    expression
        The matrix of the data set.
    """
    records = _normalisations(offer, expression)
    normalise = Choice("normalise", tuple(Option(r.name, r.summary, r.citation) for r in records))
    n_genes = _n_genes(offer, expression)
    chosen = tuple(level for level in n_genes.levels if level != "all")
    some = {} if len(chosen) == len(n_genes.levels) else {"n_genes": chosen}
    genes = [_flavor(offer, records, expression, some), _gene_batch(offer, some), _excluded(offer, expression, some)]
    scalable = tuple(record.name for record in records if record.scalable)
    scales = offer.named("scale", tuple(_SCALES), _SCALES)
    within = {} if len(scalable) == len(records) else {"normalise": scalable}
    scale = Choice("scale", tuple(_SCALES[name] for name in scales), within=within) if scalable else None
    limit = min([offer.dataset.n_obs // 2, *(expression.n_vars if n == "all" else int(n) for n in n_genes.levels)])
    found = [
        normalise,
        n_genes,
        *genes,
        own_step_choice(offer, MATRIX_STEP),
        scale,
        _solver(offer),
        _n_pcs(offer, limit),
        _integrate(offer),
    ]
    return [choice for choice in found if choice is not None]


def _normalisations(offer: Offer, expression: Expression) -> list[Normalisation]:
    usable = []
    for record in NORMALISATIONS.values():
        if expression.kind in record.kinds:
            usable.append(record)
        elif record.offered:
            because = f"it needs {' or '.join(record.kinds)} and {expression.slot} is {expression.kind}"
            offer.skip("normalise", record.name, because)
    names = {record.name: record for record in usable}
    return [names[name] for name in offer.named("normalise", tuple(names), names)]


def _n_genes(offer: Offer, expression: Expression) -> Choice:
    rationale, n_vars = "genes that vary more than their mean predicts", expression.n_vars
    levels = offer.numbers("n_genes", offer.budget.n_genes, words=("all",))
    numbers = [n for n in levels if n != "all" and n < n_vars]
    options = [Option(n, rationale, _SATIJA) for n in numbers]
    dense = 8 * offer.dataset.n_obs * n_vars
    if len(numbers) < sum(n != "all" for n in levels):
        options.append(Option("all", "the file holds few genes, probably selected already", _PRACTICE))
    elif "all" in levels and dense > _MOST_DENSE:
        offer.skip("n_genes", "all", f"scaled, all {n_vars} genes would take {dense / 2**30:.0f} GiB")
    elif "all" in levels:
        options.append(Option("all", "no gene is left out before the components are found", _PRACTICE))
    if len(options) == 1 and not offer.asked("n_genes"):
        options.append(Option(n_vars // 2, rationale, _SATIJA))
    return Choice("n_genes", tuple(options))


def _flavor(
    offer: Offer, records: list[Normalisation], expression: Expression, some: Mapping[str, tuple[Level, ...]]
) -> Choice | None:
    """Return the choice of a ranking, for the normalisations that go with several."""
    several = [record for record in records if len(record.gene_flavors) > 1]
    known = [name for r in NORMALISATIONS.values() if len(r.gene_flavors) > 1 for name in r.gene_flavors]
    wanted = [
        name for name in offer.named("gene_flavor", offer.budget.gene_flavors, dict.fromkeys(known)) if name in known
    ]
    usable = [name for name in wanted if expression.kind in GENE_FLAVORS[name].kinds]
    for name in (name for name in wanted if name not in usable):
        because = f"it needs {' or '.join(GENE_FLAVORS[name].kinds)} and {expression.slot} is {expression.kind}"
        offer.skip("gene_flavor", name, because)
    if len(usable) < 2 and not offer.asked("gene_flavor"):
        return None
    options = tuple(Option(name, GENE_FLAVORS[name].summary, GENE_FLAVORS[name].citation) for name in usable)
    within = {} if len(several) == len(records) else {"normalise": tuple(record.name for record in several)}
    return Choice("gene_flavor", options, within={**within, **some})


def _gene_batch(offer: Offer, some: Mapping[str, tuple[Level, ...]]) -> Choice | None:
    wanted = offer.named("gene_batch", offer.budget.gene_batches, _GENE_BATCHES)
    if len(wanted) < 2 and not offer.asked("gene_batch"):
        return None
    because, batch = _no_batches(offer), offer.dataset.roles.batch
    if not because and batch is not None:
        smallest = int(np.bincount(batch.codes).min())
        because = f"the smallest batch has {smallest} cells, fewer than {_LEAST_BATCH}" * (smallest < _LEAST_BATCH)
    if because:
        offer.skip("gene_batch", "by batch", because)
        return None
    return Choice("gene_batch", tuple(_GENE_BATCHES[name] for name in wanted), within=dict(some))


def _excluded(offer: Offer, expression: Expression, some: Mapping[str, tuple[Level, ...]]) -> Choice | None:
    """Return which genes may not be chosen: a set, or none; sets without a gene in the data are left out."""
    flags = flag_genes(expression.var_names)
    budget = offer.budget
    others = [name for name in GENE_SETS if name not in budget.excluded_sets] if budget.other_sets else []
    offered = [*budget.excluded_sets, "none", *others]
    options = []
    for name in offer.named("excluded_genes", offered, {**GENE_SETS, "none": None}):
        if name == "none":
            options.append(_ALL_GENES)
        elif not (flags & GENE_SETS[name].bit).any():
            offer.skip("excluded_genes", name, "no gene has a symbol of this set")
        else:
            record, usual = GENE_SETS[name], name in budget.excluded_sets
            rationale = f"may not be chosen: {record.summary}"
            options.append(Option(name, rationale, record.citation, "equivalent" if usual else "exploratory"))
    # most data hold no receptor genes: "none" alone is no choice, unless it was asked for
    chosen = len(options) > 1 or (options and offer.asked("excluded_genes"))
    return Choice("excluded_genes", tuple(options), within=dict(some)) if chosen else None


def _solver(offer: Offer) -> Choice | None:
    if not offer.asked("pca_solver"):
        return None
    return Choice("pca_solver", tuple(_SOLVERS[name] for name in offer.named("pca_solver", (), _SOLVERS)))


def _n_pcs(offer: Offer, limit: int) -> Choice:
    levels = offer.numbers("n_pcs", offer.budget.n_pcs)
    for n in levels:
        if n >= limit:
            offer.skip("n_pcs", n, f"half of the cells and genes allow fewer than {limit} components")
    options = [Option(n, "components above the noise differ between data sets", _PRACTICE) for n in levels if n < limit]
    return Choice("n_pcs", tuple(options or [Option(max(2, limit - 1), "as many as the data allow")]))


def _integrate(offer: Offer) -> Choice | None:
    levels = offer.named("integrate", tuple(_INTEGRATIONS), _INTEGRATIONS)
    because, role = _no_batches(offer), aliased_with_batch(offer.dataset)
    if not because and role:
        because = f"the batches cannot be told apart from the {role}: integration would remove it with them"
    if because:
        for name in levels:
            if _INTEGRATIONS[name].equivalence != "equivalent":
                offer.skip("integrate", name, because)
        return None
    return Choice("integrate", tuple(_INTEGRATIONS[name] for name in levels))


def _no_batches(offer: Offer) -> str:
    """Return why batches cannot be used; empty when they can."""
    batch = offer.dataset.roles.batch
    if batch is None:
        return "no batch column was declared"
    if (batch.codes < 0).any():
        return f"{int((batch.codes < 0).sum())} cells have no batch"
    return "there is one batch" if len(batch.categories) < 2 else ""
