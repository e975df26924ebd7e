"""Every registry of the package by the word that ``rashomon list`` takes."""

from __future__ import annotations

__all__ = ["REGISTRIES"]

REGISTRIES = {
    "scores": "rashomon.score:SCORES",
    "stability": "rashomon.score:STABILITY",
    "receptor_scores": "rashomon.score.receptor:RECEPTOR_SCORES",
    "alphabets": "rashomon.encode.reduced_alphabet:ALPHABETS",
    "factors": "rashomon.encode.residue_factor:FACTORS",
    "formats": "rashomon.io.receptor.sniff:FORMATS",
    "steps": "rashomon.encode:STEPS",
    "clusterers": "rashomon.cluster:CLUSTERERS",
    "clonotypes": "rashomon.cluster:CLONOTYPES",
    "budgets": "rashomon.multiverse:BUDGETS",
    "excluded": "rashomon.multiverse:EXCLUDED",
    "flavors": "rashomon.multiverse.gene_flavor:GENE_FLAVORS",
    "genesets": "rashomon.encode.gene_set:GENE_SETS",
    "normalisations": "rashomon.multiverse.normalisation:NORMALISATIONS",
    "perturbations": "rashomon.perturb:PERTURBATIONS",
    "words": "rashomon.ask:RECEPTOR_WORDS",
    "questions": "rashomon.ask:QUESTIONS",
    "recipes": "rashomon.truth:RECIPES",
    "tripwires": "rashomon.ask:TRIPWIRES",
    "score_tripwires": "rashomon.ask.which_score.tripwire:SCORE_TRIPWIRES",
    "assumptions": "rashomon.ask.assumption.record:ASSUMPTIONS",
    "cell_words": "rashomon.ask.card.cell_word:CELL_WORDS",
    "guarantees": "rashomon.ask.guarantee.catalogue:GUARANTEES",
    "gallery": "rashomon.sim.gallery:GALLERY",
    "datasets": "rashomon.datasets:DATASETS",
    "worlds": "rashomon.sim.catalogue:WORLDS",
    "knobs": "rashomon.sim:KNOBS",
    "nodes": "rashomon.sim:NODES",
    "epitope_presets": "rashomon.sim.motif:PRESETS",
    "hla": "rashomon.sim.hla:HLA_ALLELES",
    "summaries": "rashomon.sim.realism:SUMMARIES",
    "codes": "rashomon.io:CODES",
}
"""Paths, resolved when one is asked for."""
