"""Motifs that a user writes in the knobs of a world: which chain, which epitope, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.motif.matrix_text import MATRIX_MARK
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.preset import EpitopePreset
from rashomon.sim.motif.text import read_motif, spelled_genes
from rashomon.sim.repertoire.knob import LOCI_OF
from rashomon.sim.vdj import recombination_model
from rashomon.sim.vdj.choice import choices

__all__ = ["OWN", "own_motif_problems", "own_motifs"]

OWN = {"alpha": "alpha_motifs", "beta": "beta_motifs"}
"""Knob of each chain."""


def own_motifs(knobs: Mapping[str, Any], preset: EpitopePreset) -> dict[str, tuple[Motif, ...]]:
    """Return the motifs by chain that `knobs` name; those of a chain are dealt to the epitopes in turn.

    Parameters
    ----------
    knobs
        Of the world.
    preset
        Its mismatches hold where the knob names none.

    Examples
    --------
    >>> from rashomon.sim.motif.preset import PRESETS
    >>> knobs = {"alpha_motifs": [], "beta_motifs": ["SYGT", "RS/A"], "motif_mismatches": []}
    >>> [motif.seed for motif in own_motifs(knobs, PRESETS["focused"])["beta"]]
    ['SYGT', 'RS/A']
    """
    mismatches = knobs["motif_mismatches"] or preset.mismatches
    return {
        arm: tuple(
            read_motif(text, name=f"{arm}_{number}", mismatches=mismatches)
            for number, text in enumerate(knobs[knob], 1)
        )
        for arm, knob in OWN.items()
    }


def own_motif_problems(knobs: Mapping[str, Any], preset: EpitopePreset) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the motifs that `knobs` name: the knob, what, and what to do.

    Parameters
    ----------
    knobs, preset
        As in `own_motifs`.
    """
    beta, alpha = LOCI_OF[knobs["loci"]]
    for arm, knob in OWN.items():
        n, locus = len(knobs[knob]), beta if arm == "beta" else alpha
        if not n:
            continue
        if not locus.startswith("TR"):
            yield knob, f"receptors of {knobs['loci']} have no {arm} chain", "set loci: TRA+TRB"
        if n < knobs["n_epitopes"] or not knobs["n_epitopes"]:
            yield knob, f"{n} motifs for {knobs['n_epitopes']} epitopes", "give one or more for each epitope"
        for text in knobs[knob]:
            for what, fix in _misread(text, knobs, preset, locus):
                yield knob, what, fix
    yield from _unmatched(knobs, preset)


def _misread(text: str, knobs: Mapping[str, Any], preset: EpitopePreset, locus: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one text of a chain."""
    try:
        read_motif(text, name=text, mismatches=knobs["motif_mismatches"] or preset.mismatches)
    except UsageError as error:
        yield error.what, error.fix or f"expected {error.expected}"
        return
    if not locus.startswith("TR"):
        return
    model = recombination_model(knobs["species"], locus)
    known = {"V": model.v_genes, "J": model.j_genes}
    genes = spelled_genes(text)
    strange = [gene for gene in genes if gene not in known[gene[3]]]
    if strange:
        every = (*model.v_genes, *model.j_genes)
        yield (
            f"{strange[0]} is no V or J gene of {knobs['species']} {locus}",
            did_you_mean(strange[0], every).partition(" known:")[0],
        )
        return
    v, j = ([known[segment].index(gene) for gene in genes if gene[3] == segment] or [-1] for segment in "VJ")
    law = choices(model, "gene")
    for pair in [(a, b) for a in v for b in j]:
        if law.mass(np.array(pair[:1]), np.array(pair[1:]), functional=True)[0] <= 0:
            yield f"{' with '.join(genes)} is in no productive chain", "name other genes"
            return


def _unmatched(knobs: Mapping[str, Any], preset: EpitopePreset) -> Iterator[tuple[str, str, str]]:
    """Yield where motifs of both chains, or motifs and mismatches, do not go together."""
    n_alpha, n_beta = (len(knobs[OWN[arm]]) for arm in ("alpha", "beta"))
    if preset.arm == "pair" and n_alpha != n_beta:
        what = f"{n_alpha} motifs of alpha and {n_beta} of beta make no pairs"
        yield "alpha_motifs" if n_alpha < n_beta else "beta_motifs", what, "give as many of each"
    matrices = [
        any(word.startswith(MATRIX_MARK) for word in text.split()) for knob in OWN.values() for text in knobs[knob]
    ]
    if knobs["motif_mismatches"] and all(matrices):
        what = "matrices have no mismatches beside their shares"
        yield "motif_mismatches", what, "leave it out, or plant a seed"
