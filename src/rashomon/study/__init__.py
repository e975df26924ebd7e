"""Studies: an audit is a study with defaults."""

from __future__ import annotations

from rashomon.study.audit import AuditOptions, audit
from rashomon.study.directory import ARTEFACTS, check_directory, write_directory
from rashomon.study.result import Audit

__all__ = ["ARTEFACTS", "Audit", "AuditOptions", "audit", "check_directory", "write_directory"]
