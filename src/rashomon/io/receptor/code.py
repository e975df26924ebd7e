"""Codes of errors about receptors that rooms beside the door raise, so that they can be explained too."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["RECEPTOR_CODES"]

RECEPTOR_CODES = (
    Rule(
        "calibrate.studies",
        "the labelled receptors come from fewer than two known studies",
        "two studies or more",
        "name the column of studies or batches",
        "Pairs are counted between studies: receptors of one study share donors, selection and errors.",
    ),
    Rule(
        "calibrate.labels",
        "fewer than two labels have ten clonotypes",
        "two labels or more with 10 clonotypes of known study",
        "add labelled receptors, or use a coarser label",
        "With fewer clonotypes a label says nothing about distances.",
    ),
    Rule(
        "calibrate.one_study",
        "one study gives more than 80 % of the evidence",
        "at most 80 % from one study",
        "add studies",
        "What a study shares and what a label shares could not be told apart.",
    ),
    Rule(
        "calibrate.no_pairs",
        "no close pair of different studies shares a label",
        "labels that occur in two studies or more",
        "raise the largest cutoff, or use a label that several studies have",
        "Without such a pair there is nothing to learn a cutoff from.",
    ),
    Rule(
        "clonotype.definition",
        "the definition of a clonotype cannot be read",
        "nt, aa, hamming<=D, levenshtein<=D, bcr or bcr-valley, with +V, +J and alpha, beta, both or any",
        "write clonotype(aa+V+J, both), or see rashomon list clonotypes",
        "Names of definitions differ between tools; here each is spelled out.",
    ),
    Rule(
        "clonotype.bcr",
        "the definition does not fit B cells, or the data hold no heavy chains",
        "bcr or bcr-valley for heavy chains; the other definitions for T cells",
        "use clonotype(bcr)",
        "Clones of B cells mutate: they are found by nucleotides within one V, one J and one length.",
    ),
    Rule(
        "clonotype.valley",
        "the distances to the nearest sequence have no valley",
        "two groups of distances, those within and those between clones",
        "use clonotype(bcr), which cuts at 0.15",
        "Where distances do not fall into two groups, a threshold read from them would be arbitrary.",
    ),
)
"""In the order in which they can be met."""
