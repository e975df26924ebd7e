"""Motifs that a user writes: seeds with gaps, and the genes that go with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.preset import EpitopePreset
from rashomon.sim.repertoire.knob import LOCI_OF
from rashomon.sim.vdj import recombination_model

__all__ = ["OWN", "own_motif_problems", "own_motifs", "read_motif"]

OWN = {"alpha": "alpha_motifs", "beta": "beta_motifs"}
"""Knob of each chain."""

_GAP = (0, 2)


def read_motif(text: str, *, name: str, mismatches: Sequence[float] = (1.0,)) -> Motif:
    """Return the motif that a text names: a seed, behind its genes where it has any.

    Parameters
    ----------
    text
        ``SYGT``; ``SY/GT`` with a gap of up to two residues; ``.`` for any residue, ``[ST]`` for one of several;
        ``TRBV19 SYGT`` or ``TRBV19 TRBJ2-7 SYGT`` for chains with these genes only.
    name
        Of the motif.
    mismatches
        Probabilities of 0, 1, 2 ... mismatches.

    Raises
    ------
    UsageError
        ``motif.seed`` or ``motif.mismatches`` when it is none.

    Examples
    --------
    >>> motif = read_motif("TRBV19 RS.", name="m")
    >>> motif.seed, motif.v_genes, motif.j_genes
    ('RS.', ('TRBV19',), ())
    """
    *genes, seed = text.split() or [""]
    return Motif(
        name,
        seed,
        gap=_GAP if set(seed) & set("/-") else (0, 0),
        mismatches=tuple(mismatches) or (1.0,),
        v_genes=tuple(gene for gene in genes if gene[3:4] == "V"),
        j_genes=tuple(gene for gene in genes if gene[3:4] == "J"),
    )


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


def _genes(species: str, locus: str) -> set[str]:
    if not locus.startswith("TR"):
        return set()
    model = recombination_model(species, locus)
    return {*model.v_genes, *model.j_genes}


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
        strange = sorted({gene for text in knobs[knob] for gene in text.split()[:-1]} - _genes(knobs["species"], locus))
        if strange:
            fix = did_you_mean(strange[0], _genes(knobs["species"], locus)).partition(" known:")[0]
            yield knob, f"{strange[0]} is no V or J gene of {knobs['species']} {locus}", fix
    try:
        own_motifs(knobs, preset)
    except UsageError as error:
        knob = next(knob for knob in OWN.values() if knobs[knob])
        yield knob, error.what, error.fix or f"expected {error.expected}"
