"""The assumptions of analyses by clusters: each a statement that can be put to the test, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rashomon.ask.answer import Assumption
from rashomon.ask.request import Request
from rashomon.core import Registry, resolve

__all__ = ["ASSUMPTIONS", "ASSUMPTION_COLUMNS", "Statement", "assumptions_table", "status_of"]

ASSUMPTION_COLUMNS = {
    "assumption": "its name",
    "statement": "what is assumed",
    "status": "holds, violated, or untested",
    "evidence": "what was looked at in these data, or why nothing was",
    "questions": "which questions rest on it",
    "world": "world of the catalogue in which it fails, or holds",
    "citation": "who put it to the test",
}
"""Columns of a table of assumptions and what they mean."""


@dataclass(frozen=True)
class Statement:
    """One assumption.

    Parameters
    ----------
    name
        Its key.
    summary
        What is assumed, as a sentence without an end.
    questions
        Questions that rest on it.
    world
        World of the catalogue (`rashomon.sim.catalogue.WORLDS`) on which it is put to the test.
    probe
        Dotted path of ``function(request, tables) -> (status, evidence)``; empty where the user's data cannot tell.
    untold
        Why they cannot; empty where they can.
    citation
        Who put it to the test.
    """

    name: str
    summary: str
    questions: tuple[str, ...]
    world: str
    probe: str
    untold: str
    citation: str


def _statement(name: str, summary: str, questions: str, world: str, citation: str, untold: str = "") -> Statement:
    probe = "" if untold else f"rashomon.ask.assumption.probe:{name}"
    return Statement(name, summary, tuple(questions.split()), world, probe, untold, citation)


_NO_LABELS = "the data alone do not say which receptors share a target"

ASSUMPTIONS: Registry[Statement] = Registry(
    "assumption",
    [
        _statement("stable_is_true", "a stable cluster is a true one", "stability which_score", "wrong_k",
                   "Ben-David, von Luxburg and Pal (2006), COLT, 5"),
        _statement("index_picks_k", "an internal index picks the right number of clusters", "which_score", "hierarchy",
                   "Yu et al. (2022), Genome Biol 23:49"),
        _statement("one_resolution", "one resolution fits all types", "stability structure", "imbalanced",
                   "Kiselev, Andrews and Hemberg (2019), Nat Rev Genet 20:273"),
        _statement("preprocessing", "preprocessing does not matter", "choices", "noise_genes",
                   "Luecken and Theis (2019), Mol Syst Biol 15:e8746"),
        _statement("variable_genes", "variable genes hold the signal", "choices stability", "noise_genes",
                   "Lause, Berens and Kobak (2021), Genome Biol 22:258"),
        _statement("approximate_neighbours", "the neighbours that are found are the nearest ones", "choices", "ideal",
                   "McInnes, Healy and Melville (2018), arXiv:1802.03426"),
        _statement("batch_not_driving", "the batch does not drive the clusters", "confounding truths", "batches",
                   "Luecken et al. (2022), Nat Methods 19:41"),
        _statement("groups_not_gradient", "there are groups, not a gradient", "structure stability", "line",
                   "Saelens et al. (2019), Nat Biotechnol 37:547",
                   untold="question 1 puts it to the test"),
        _statement("cells_exchangeable", "cells are exchangeable across donors", "stability truths power",
                   "nested_donors", "Squair et al. (2021), Nat Commun 12:5692"),
        _statement("labels_independent", "the labels were not made from the matrix that they judge",
                   "truths which_score", "noisy_labels", "Kriegeskorte et al. (2009), Nat Neurosci 12:535"),
        _statement("dispersion_trend", "the dispersion of a gene follows from its mean", "structure power",
                   "heavy_tails", "Lause, Berens and Kobak (2021), Genome Biol 22:258"),
        _statement("depth_independent", "depth does not depend on the cluster", "confounding structure",
                   "bimodal_depth", "Hafemeister and Satija (2019), Genome Biol 20:296"),
        _statement("one_distribution", "cells of a cluster are one distribution", "power structure", "hierarchy",
                   "Grabski, Street and Irizarry (2023), Nat Methods 20:1196",
                   untold="question 1 tests clusters one by one, and a test that does not reject shows nothing"),
        _statement("sequence_is_specificity", "receptors of similar sequence share a target", "truths", "orphans",
                   "Dash et al. (2017), Nature 547:89", untold=_NO_LABELS),
        _statement("no_chaining", "single linkage does not chain", "stability choices", "percolation",
                   "Mayer-Blackwell et al. (2021), eLife 10:e68605"),
        _statement("beyond_v", "the V gene is not the whole story", "truths", "v_gene_wins",
                   "Dash et al. (2017), Nature 547:89",
                   untold="agreement beyond V is a table of the audit of receptors"),
        _statement("depth_suffices", "deeper sequencing would not change the clusters", "power stability", "sparse",
                   "Zhang, Ntranos and Tse (2020), Nat Commun 11:774",
                   untold="thinned copies say what fewer molecules would do, not what more would"),
    ],
)  # fmt: skip
"""Every assumption that the questions rest on."""


def status_of(name: str, request: Request, *, tables: Mapping[str, pd.DataFrame] | None = None) -> Assumption:
    """Return an assumption with its status in the user's data.

    Parameters
    ----------
    name
        In `ASSUMPTIONS`.
    request
        The data and the finished multiverse.
    tables
        Tables of questions that are already answered, by name: ``score_track`` tells of ``index_picks_k``.

    Raises
    ------
    UsageError
        When there is no such assumption.
    """
    record = ASSUMPTIONS[name]
    if not record.probe:
        return Assumption(record.summary, "untested", record.untold)
    status, evidence = resolve(record.probe)(request, tables or {})
    return Assumption(record.summary, status, evidence)


def assumptions_table(request: Request, *, tables: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Return every assumption with its status in the user's data.

    Parameters
    ----------
    request, tables
        See `status_of`.

    Returns
    -------
    One row per assumption, see `ASSUMPTION_COLUMNS`.
    """
    rows = []
    for name, record in ASSUMPTIONS.items():
        found = status_of(name, request, tables=tables)
        told = (name, record.summary, found.status, found.evidence, ", ".join(record.questions))
        rows.append((*told, record.world, record.citation))
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))
