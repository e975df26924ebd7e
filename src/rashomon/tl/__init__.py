"""Tools on AnnData objects and files: read slots, call a room, write slots."""

from __future__ import annotations

from typing import Any

from rashomon.multiverse.parse import parse_levels, parse_pipeline, parse_within
from rashomon.tl.audit import audit
from rashomon.tl.calibrate import calibrate_cutoff
from rashomon.tl.confounding import confounding
from rashomon.tl.file import audit_file, audit_to, plan_file
from rashomon.tl.marker import markers
from rashomon.tl.power import power
from rashomon.tl.receptor import audit_receptors, receptor_dataset
from rashomon.tl.relate import compare_truths
from rashomon.tl.significance import cluster_significance
from rashomon.tl.tripwire import tripwires
from rashomon.tl.which_score import which_score

__all__ = [
    "audit",
    "audit_file",
    "audit_receptors",
    "audit_to",
    "calibrate_cutoff",
    "cluster_significance",
    "compare_truths",
    "confounding",
    "markers",
    "parse_levels",
    "parse_pipeline",
    "parse_within",
    "plan_file",
    "power",
    "receptor_dataset",
    "simulate_file",
    "tripwires",
    "twin_file",
    "which_score",
]

_OF_WORLDS = ("simulate_file", "twin_file")


def __getattr__(name: str) -> Any:
    # an audit of measured data needs no worlds, which take a second to import
    if name not in _OF_WORLDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rashomon.tl import simulate

    return getattr(simulate, name)
