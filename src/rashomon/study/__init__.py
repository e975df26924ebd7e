"""Studies: an audit is a study with defaults."""

from __future__ import annotations

from rashomon.study.audit import audit
from rashomon.study.confounding import find_confounders
from rashomon.study.directory import ARTEFACTS, check_directory, write_directory
from rashomon.study.forecast import foresee
from rashomon.study.marker import find_markers
from rashomon.study.option import AuditOptions
from rashomon.study.receptor import with_gene_controls
from rashomon.study.result import Audit

__all__ = [
    "ARTEFACTS",
    "Audit",
    "AuditOptions",
    "audit",
    "check_directory",
    "find_confounders",
    "find_markers",
    "foresee",
    "with_gene_controls",
    "write_directory",
]
