"""Trip-wires: known ways in which a data set fools an analysis, looked for before anything is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from rashomon.ask.judged import Judged
from rashomon.core import Registry, first_few, resolve
from rashomon.dataset import Dataset, Truth

__all__ = ["TRIPWIRES", "Finding", "Measured", "TripWire", "technical_columns", "trip"]

Need = Literal["expression", "counts", "labels", "technical", "donor", "truths"]
Status = Literal["fired", "quiet", "not computable"]


class Measured(NamedTuple):
    """How a trip-wire did on simulated data.

    Parameters
    ----------
    sensitivity
        Share of the data sets with the planted failure in which it fired.
    false_alarm
        Share of the healthy data sets in which it fired.
    on
        What was simulated, 200 times each: the failure; what is healthy and may look like it.
    """

    sensitivity: float
    false_alarm: float
    on: str


@dataclass(frozen=True)
class Finding:
    """What a trip-wire saw.

    Parameters
    ----------
    status
        ``fired``, ``quiet`` or ``not computable``.
    said
        One sentence with the numbers, or the reason.
    concerned
        The genes, cells, clusters or columns concerned.
    """

    status: Status
    said: str
    concerned: tuple[str, ...] = ()


@dataclass(frozen=True)
class TripWire:
    """One trip-wire.

    Parameters
    ----------
    name
        Its key.
    summary
        What it looks for.
    guards
        The failure it guards against, in a user's words.
    needs
        What the data must have; without it the wire is not computable.
    function
        Dotted path of ``function(dataset, judged, **thresholds) -> Finding``.
    thresholds
        From where on it fires; arguments of the function.
    basis
        Where the thresholds come from; ``convention`` where nobody derived them.
    measured
        Sensitivity and false alarms with these thresholds.
    concerns
        What it names.
    next_step
        What to do when it has fired.
    citation
        Who described the failure.
    """

    name: str
    summary: str
    guards: str
    needs: tuple[Need, ...]
    function: str
    thresholds: Mapping[str, float]
    basis: str
    measured: Measured
    concerns: Literal["genes", "cells", "clusters", "columns"]
    next_step: str
    citation: str

    def check(self, dataset: Dataset, judged: Judged | None) -> Finding:
        """Return what the wire sees in `dataset` under the labels `judged` (None: there are none yet)."""
        for need in self.needs:
            reason = _OBSTACLES[need](dataset, judged)
            if reason:
                return Finding("not computable", reason)
        found: Finding = resolve(self.function)(dataset, judged, **self.thresholds)
        return found


TRIPWIRES: Registry[TripWire] = Registry(
    "trip-wire",
    [
        TripWire(
            "receptor_genes",
            "Receptor V(D)J genes among selected features, or marking a cluster.",
            "Cells that share a clone or a V gene are put together and taken for a cell state.",
            ("expression",),
            "rashomon.ask.tripwire.gene:receptor_genes",
            {"max_selected": 5000, "auroc": 0.7, "min_cells": 10},
            "convention",
            Measured(1.0, 0.0, "clusters of one clone; uneven V usage between three healthy types"),
            "genes",
            "Leave the V, D and J genes of the receptors out before choosing variable genes, and cluster again.",
            "Sundell et al. (2023), Briefings in Functional Genomics 22:263",
        ),
        TripWire(
            "absent_genes",
            "Genes without a count in one batch that the other batches express.",
            "Batches mapped to other references or panels were joined: the union separates them, not biology.",
            ("counts", "technical"),
            "rashomon.ask.tripwire.gene:absent_genes",
            {"expected": 20, "min_genes": 10},
            "with 20 cells expected, none at all has a chance of 2e-9 in one gene; the number of genes is a convention",
            Measured(
                1.0,
                0.0,
                "a batch without 5 % of the genes; batches of other depth and composition, with 2 % ambient counts",
            ),
            "genes",
            "Keep the genes that every batch measured. Genes of a type that the batch lacks are no error.",
            "Luecken et al. (2022), Nature Methods 19:41",
        ),
        TripWire(
            "foreign_species",
            "Cells whose counts lie on the genes of another species than most.",
            "Spiked-in or contaminating cells of another species become clusters, and mixed droplets a bridge.",
            ("expression",),
            "rashomon.ask.tripwire.gene:foreign_species",
            {"cell_frac": 0.5, "min_cells": 5},
            "convention",
            Measured(1.0, 0.0, "2 % mouse cells; human cells with 1 % of the counts on mouse genes"),
            "cells",
            "Remove the cells named, and the genes of the other species, before clustering.",
            "Zheng et al. (2017), Nature Communications 8:14049",
        ),
        TripWire(
            "doublet_mix",
            "Clusters that look like two others added up: cells with markers of both, and deeper than either.",
            "Droplets with two cells are named as a new or intermediate type.",
            ("counts", "labels"),
            "rashomon.ask.tripwire.cluster:doublet_mix",
            {"depth": 1.2, "cell_frac": 0.5, "unexplained": 0.1},
            "convention",
            Measured(
                0.935,
                0.0,
                "40 doublets among 950 cells; a state between two, a joined cluster, a deep type, a deep batch",
            ),
            "clusters",
            "Run a doublet caller per sample, and set the cluster aside unless it has a marker of its own.",
            "Wolock et al. (2019), Cell Systems 8:281",
        ),
        TripWire(
            "one_donor",
            "Clusters nearly all of whose cells come from one donor who holds a minority of the cells.",
            "One person's state, or one bad sample, is reported as a cell type.",
            ("labels", "donor"),
            "rashomon.ask.tripwire.cluster:one_donor",
            {"cluster_frac": 0.9, "donor_frac": 0.5, "p": 0.001},
            "shares are conventions; p is exact (hypergeometric, times the clusters) and screens out accidents",
            Measured(1.0, 0.0, "40 cells of one of eight donors; donors of unequal size and composition"),
            "clusters",
            "Say that the cluster was seen in one donor, and look at that donor's quality and treatment first.",
            "Squair et al. (2021), Nature Communications 12:5692",
        ),
        TripWire(
            "same_matrix",
            "Label columns that were computed from the matrix which they are to judge.",
            "Agreement of clusters with labels made from the same counts is taken for a confirmation.",
            ("truths",),
            "rashomon.ask.tripwire.cluster:same_matrix",
            {"p": 0.001},
            "names are metadata; p is exact (Kendall's tau of cluster numbers and sizes: clusterers number by size)",
            Measured(0.885, 0.005, "7 to 15 classes by size but for one swap; three columns in any order"),
            "columns",
            "Judge by labels measured in another way; a column declared NAME=annotation:expression cannot win.",
            "Kriegeskorte et al. (2009), Nature Neuroscience 12:535",
        ),
        TripWire(
            "aliased_columns",
            "Label columns that are constant within every batch, or one-to-one with samples or donors.",
            "An effect of the batch is reported as one of the label, or the other way round.",
            ("technical",),
            "rashomon.ask.tripwire.alias:aliased_columns",
            {},
            "exact: whether columns are nested is counted",
            Measured(1.0, 0.0, "a status in lanes of its own; lanes that are mostly, and not only, of one status"),
            "columns",
            "Name neither as the cause; add data in which the label varies within the batch.",
            "Hicks et al. (2018), Biostatistics 19:562",
        ),
    ],
)
"""Every trip-wire that needs only the data.

Rates are those of `tests/statistical/test_tripwire.py`. The planted failures are clear ones: fainter ones are missed.
"""


def trip(dataset: Dataset, judged: Judged | None = None) -> pd.DataFrame:
    """Return what every trip-wire says of a data set, those that fired first.

    Parameters
    ----------
    dataset
        The data.
    judged
        Labels; without them, wires that speak about clusters are not computable.

    Returns
    -------
    One row per wire: ``tripwire``, ``status`` (``fired``, ``quiet``, ``not computable``), ``said``, ``concerned``,
    ``next_step`` (empty unless fired), ``guards``, ``thresholds``, ``basis``, ``sensitivity``, ``false_alarm``,
    ``measured_on``, ``citation``.
    """
    order: tuple[Status, ...] = ("fired", "quiet", "not computable")
    rows = []
    for wire in TRIPWIRES.values():
        found = wire.check(dataset, judged)
        rows.append(
            {
                "tripwire": wire.name,
                "status": found.status,
                "said": found.said,
                "concerned": first_few(found.concerned, n=10),
                "next_step": wire.next_step if found.status == "fired" else "",
                "guards": wire.guards,
                "thresholds": ", ".join(f"{name} {value:g}" for name, value in wire.thresholds.items()),
                "basis": wire.basis,
                "sensitivity": wire.measured.sensitivity,
                "false_alarm": wire.measured.false_alarm,
                "measured_on": wire.measured.on,
                "citation": wire.citation,
            }
        )
    table = pd.DataFrame(rows)
    place = [order.index(status) for status in table["status"]]
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def technical_columns(dataset: Dataset) -> dict[str, Truth]:
    """Return the technical columns with two classes or more: roles but the condition, and truths declared technical.

    A condition switches genes on and off, so a gene that is absent from one level of it is a result.
    """
    columns = {truth.name: truth for role, truth in dataset.roles if role != "condition"}
    columns |= {name: truth for name, truth in dataset.truths.items() if truth.kind == "technical"}
    return {name: truth for name, truth in columns.items() if np.unique(truth.codes[truth.codes >= 0]).size > 1}


def _without_counts(dataset: Dataset) -> str:
    if dataset.expression is None:
        return "there is no expression matrix"
    return "" if dataset.expression.kind == "counts" else f"{dataset.expression.slot} holds no counts"


_OBSTACLES: Mapping[Need, Callable[[Dataset, Judged | None], str]] = {
    "expression": lambda data, _: "there is no expression matrix" if data.expression is None else "",
    "counts": lambda data, _: _without_counts(data),
    "labels": lambda _, judged: "there are no clusters to look at" if judged is None else "",
    "technical": lambda data, _: "" if technical_columns(data) else "no batch, sample or donor column was declared",
    "donor": lambda data, _: "no donor column was declared" if data.roles.donor is None else "",
    "truths": lambda data, _: "" if data.truths else "no label column was declared beside the judged one",
}
