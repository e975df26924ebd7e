"""What makes a world of receptors impossible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rashomon.sim.motif.preset import PRESETS
from rashomon.sim.repertoire.epitope import n_pairs
from rashomon.sim.repertoire.knob import LOCI_OF
from rashomon.sim.repertoire.own_motif import OWN, own_motif_problems

__all__ = ["motif_problems", "receptor_problems"]


def receptor_problems(knobs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what knobs of receptors do not go together: the knob, what is wrong, and what to do.

    Parameters
    ----------
    knobs
        Value of every knob, each legal alone.

    Examples
    --------
    >>> from rashomon.sim.mechanism import KNOBS
    >>> knobs = {name: knob.default for name, knob in KNOBS.items()}
    >>> list(receptor_problems({**knobs, "binder_share": 0.5}))
    [('binder_share', 'no receptor can see an epitope: there is none', 'raise n_epitopes')]
    """
    yield from _lacking(knobs)
    loci = LOCI_OF[knobs["loci"]]
    if knobs["n_epitopes"] and loci[0].startswith("IGH"):
        yield "n_epitopes", "epitopes on HLA are seen by T cells, not by antibodies", "set loci: TRB, TRA or TRA+TRB"
    if knobs["invariant_share"] and loci[1] != "TRA":
        yield "invariant_share", "invariant cells are known by their alpha chain", "set loci: TRA+TRB or TRA"
    if knobs["epitope_preset"] == "pair only" and knobs["n_epitopes"] and not all(loci):
        yield "epitope_preset", "a pair needs both chains", "set loci: TRA+TRB"
    if 0 <= knobs["orphan_share"] < _FEWEST_ORPHANS:
        yield "orphan_share", f"it is {knobs['orphan_share']:g}", "use 0.5 to 0.99, or -1 for that of the preset"
    if 0 < knobs["n_clones"] < knobs["n_donors"]:
        yield "n_clones", f"{knobs['n_clones']} clones cannot be of {knobs['n_donors']} donors", "raise n_clones"
    if knobs["disease_batch"] and knobs["batch_plan"] == "nested":
        yield "disease_batch", "nested donors decide the batch", "set batch_plan: crossed, or leave it out"
    yield from _unlinked(knobs)
    yield from _chain_problems(knobs, loci)


def motif_problems(knobs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong where epitopes have more motifs than can be told apart; twins have none.

    Parameters
    ----------
    knobs
        As in `receptor_problems`.

    Examples
    --------
    >>> from rashomon.sim.mechanism import KNOBS
    >>> knobs = {name: knob.default for name, knob in KNOBS.items()}
    >>> list(motif_problems({**knobs, "n_epitopes": 500}))
    [('n_epitopes', '500 motifs of 4 residues cannot be told apart', 'ask for at most 150 motifs in all')]
    """
    preset, loci = PRESETS[knobs["epitope_preset"]], LOCI_OF[knobs["loci"]]
    if any(knobs[name] for name in OWN.values()):
        yield from own_motif_problems(knobs, preset)
        return
    if len(knobs["motif_mismatches"]) > preset.length:
        what = f"{len(knobs['motif_mismatches']) - 1} mismatches in {preset.length} residues leave nothing"
        yield "motif_mismatches", what, f"give at most {preset.length} shares"
    if knobs["n_epitopes"] and preset.arm == "alpha" and not loci[1]:
        yield "epitope_preset", f"{preset.name} epitopes are told by alpha", "set loci: TRA or TRA+TRB"
    if preset.arm == "pair" and 0 < knobs["n_motifs"] < knobs["n_epitopes"]:
        what = f"{knobs['n_motifs']} pairs cannot be of {knobs['n_epitopes']} epitopes, which share all halves"
        yield "n_motifs", what, "give one or more for each epitope, or leave it out"
    n_arms = 2 if preset.arm in {"both", "pair"} and all(loci) else 1
    each = knobs["n_epitopes"] * (knobs["n_motifs"] or preset.n_motifs)
    n_motifs = n_arms * (n_pairs(knobs, preset) if preset.arm == "pair" and knobs["n_epitopes"] else each)
    most = _MOST_MOTIFS.get(preset.length, n_motifs)
    if n_motifs > most:
        what = f"{n_motifs:,} motifs of {preset.length} residues cannot be told apart"
        yield "n_epitopes", what, f"ask for at most {most} motifs in all"


def _unlinked(knobs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the knobs of links between clones and states that link nothing."""
    one_state = knobs["n_groups"] == 1 and not knobs["hierarchy"]
    if knobs["state_link"] != "independent" and one_state and knobs["topology"] == "groups":
        what = f"{knobs['state_link']} clones need states: there is one type, and no path"
        yield "state_link", what, "raise n_groups, or set topology"
    if knobs["expansion_state"] and one_state:
        yield "expansion_state", "all cells are of the last type: there is one", "raise n_groups"
    if knobs["state_link"] == "independent" and knobs["linked_to"] != "clone":
        yield "linked_to", "clones say nothing of state", "set state_link"
    if knobs["linked_to"] == "epitope" and not knobs["n_epitopes"]:
        yield "linked_to", "there is no epitope whose clones could share a state", "raise n_epitopes"


def _chain_problems(knobs: Mapping[str, Any], loci: tuple[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what makes reading chains impossible."""
    for name in ("hypermutation", "class_switching"):
        if knobs[name] and not loci[0].startswith("IGH"):
            yield name, "it is of B cells, and these receptors are of T cells", "set loci: IGH, IGH+IGK or IGH+IGL"
    for locus, names in zip(loci, (("vdj_umis", "vdj_dropout"), ("vj_umis", "vj_dropout")), strict=True):
        for name in names:
            if knobs[name] and not locus:
                yield name, f"receptors of {knobs['loci']} have no such chain", "set loci, or leave it out"
    alone = knobs["n_donors"] == 1 or (knobs["batch_plan"] == "nested" and knobs["n_donors"] == knobs["n_batches"])
    if knobs["index_hopping"] and alone:
        yield "index_hopping", "no batch holds a second sample for molecules to hop to", "raise n_donors"


def _lacking(knobs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the knobs that turn what another knob has not made."""
    for needed, (what, names) in _NEEDED.items():
        for name in names:
            if knobs[name] and not knobs[needed]:
                yield name, what, f"raise {needed}"


_FEWEST_ORPHANS = 0.5

_MOST_MOTIFS = {3: 14, 4: 150}
"""Motifs by their length that were always found so far apart, over more than ten seeds."""

_NEEDED = {
    "n_epitopes": (
        "no receptor can see an epitope: there is none",
        ("binder_share", "witness_rate", "unlabelled", "false_label", "cross_reactive"),
    ),
    "n_clones": (
        "every cell is a clone of its own, and none is larger",
        ("clone_exponent", "expansion", "expansion_state"),
    ),
    "disease_share": ("no donor is ill", ("witness_rate", "disease_batch", "disease_hla")),
}
"""What is said of knobs that do nothing where the first one is 0."""
