"""The assumptions of analyses by clusters: each a statement that can be put to the test, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rashomon.ask.answer import Assumption
from rashomon.ask.request import Request
from rashomon.core import Registry, resolve
from rashomon.dataset import Item

__all__ = ["ASSUMPTIONS", "Statement", "status_of"]


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
        Dotted path of ``function(request, tables) -> (status, evidence)``.
    citation
        Who put it to the test.
    about
        Items that it is about: ``cell``, ``receptor``; empty: any.
    """

    name: str
    summary: str
    questions: tuple[str, ...]
    world: str
    probe: str
    citation: str
    about: Literal["cell", "receptor", ""] = ""

    def concerns(self, item: Item) -> bool:
        """Whether it is about items of this kind; a row of a table of receptors is one of these."""
        return not self.about or (self.about == "cell") == (item == "cell")


def _statement(
    name: str, summary: str, questions: str, world: str, citation: str, *, about: Literal["cell", "receptor", ""] = "",
    room: str = "probe",
) -> Statement:  # fmt: skip
    probe = f"rashomon.ask.assumption.{room}:{name}"
    return Statement(name, summary, tuple(questions.split()), world, probe, citation, about)


ASSUMPTIONS: Registry[Statement] = Registry(
    "assumption",
    [
        _statement("stable_is_true", "a stable cluster is a true one", "stability which_score", "wrong_k",
                   "Ben-David, von Luxburg and Pal (2006), COLT, 5"),
        _statement("index_picks_k", "an internal index picks the right number of clusters", "which_score", "hierarchy",
                   "Yu et al. (2022), Genome Biol 23:49", about="cell"),
        _statement("one_resolution", "one resolution fits all types", "stability structure", "imbalanced",
                   "Kiselev, Andrews and Hemberg (2019), Nat Rev Genet 20:273", about="cell"),
        _statement("preprocessing", "preprocessing does not matter", "choices", "noise_genes",
                   "Luecken and Theis (2019), Mol Syst Biol 15:e8746"),
        _statement("variable_genes", "variable genes hold the signal", "choices stability", "noise_genes",
                   "Lause, Berens and Kobak (2021), Genome Biol 22:258", about="cell"),
        _statement("approximate_neighbours", "the neighbours that are found are the nearest ones", "choices", "ideal",
                   "McInnes, Healy and Melville (2018), arXiv:1802.03426", about="cell"),
        _statement("batch_not_driving", "the batch does not drive the clusters", "confounding truths", "batches",
                   "Luecken et al. (2022), Nat Methods 19:41"),
        _statement("groups_not_gradient", "groups, not a gradient", "structure stability", "line",
                   "Saelens et al. (2019), Nat Biotechnol 37:547", about="cell", room="conclusion"),
        _statement("cells_exchangeable", "cells are exchangeable across donors", "stability truths power",
                   "nested_donors", "Squair et al. (2021), Nat Commun 12:5692"),
        _statement("labels_independent", "labels are independent of the matrix", "truths which_score",
                   "noisy_labels", "Kriegeskorte et al. (2009), Nat Neurosci 12:535"),
        _statement("dispersion_trend", "the dispersion of a gene follows from its mean", "structure power",
                   "heavy_tails", "Lause, Berens and Kobak (2021), Genome Biol 22:258", about="cell"),
        _statement("depth_independent", "depth does not depend on the cluster", "confounding structure",
                   "bimodal_depth", "Hafemeister and Satija (2019), Genome Biol 20:296", about="cell"),
        _statement("one_distribution", "cells of a cluster are one distribution", "power structure", "hierarchy",
                   "Grabski, Street and Irizarry (2023), Nat Methods 20:1196", about="cell", room="distribution"),
        _statement("sequence_is_specificity", "receptors of similar sequence share a target", "truths", "orphans",
                   "Dash et al. (2017), Nature 547:89", about="receptor", room="target"),
        _statement("no_chaining", "single linkage does not chain", "stability choices", "percolation",
                   "Mayer-Blackwell et al. (2021), eLife 10:e68605", about="receptor"),
        _statement("beyond_v", "the V gene is not the whole story", "truths", "v_gene_wins",
                   "Dash et al. (2017), Nature 547:89", about="receptor", room="target"),
        _statement("depth_suffices", "deeper sequencing would not change the clusters", "power stability", "sparse",
                   "Zhang, Ntranos and Tse (2020), Nat Commun 11:774", about="cell", room="conclusion"),
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
        Tables of questions that are already answered, by name: ``score_track`` tells of ``index_picks_k``, ``rungs`` of
        ``depth_suffices``, and `rashomon.ask.assumption.conclusion.ANSWERS` of ``groups_not_gradient``.

    Raises
    ------
    UsageError
        When there is no such assumption.
    """
    record = ASSUMPTIONS[name]
    if not record.concerns(request.dataset.item):
        return Assumption(record.summary, "untested", f"it is about {record.about}s")
    status, evidence = resolve(record.probe)(request, tables or {})
    return Assumption(record.summary, status, evidence)
