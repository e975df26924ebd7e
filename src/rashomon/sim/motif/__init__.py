"""Planted signal: motifs, epitopes, what planting changes, and whether it can be found."""

from __future__ import annotations

from rashomon.sim.motif.assignment import Assigned, assign, label
from rashomon.sim.motif.background import Background
from rashomon.sim.motif.bias import NO_BIAS, GeneBias
from rashomon.sim.motif.conditional import Picked, pick
from rashomon.sim.motif.entangle import conditional, entangle, mutual_information
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.motif.feasibility import FEASIBILITY_COLUMNS, Repertoires, feasibility
from rashomon.sim.motif.germline import ends_of, germline_ends
from rashomon.sim.motif.implant import REASONS, Implanted, implant
from rashomon.sim.motif.linkage import Linkage, link
from rashomon.sim.motif.matrix_text import parse_matrix
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.preset import PRESETS, EpitopePreset
from rashomon.sim.motif.random import make_motifs
from rashomon.sim.motif.shift import PgenShift, pgen_shift
from rashomon.sim.motif.text import MOTIF_OPTIONS, read_motif

__all__ = [
    "FEASIBILITY_COLUMNS",
    "MOTIF_OPTIONS",
    "NO_BIAS",
    "PRESETS",
    "REASONS",
    "Assigned",
    "Background",
    "Epitope",
    "EpitopePreset",
    "GeneBias",
    "Implanted",
    "Linkage",
    "Motif",
    "PgenShift",
    "Picked",
    "Repertoires",
    "assign",
    "conditional",
    "ends_of",
    "entangle",
    "feasibility",
    "germline_ends",
    "implant",
    "label",
    "link",
    "make_motifs",
    "mutual_information",
    "parse_matrix",
    "pgen_shift",
    "pick",
    "read_motif",
]
