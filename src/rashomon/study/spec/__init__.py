"""Studies as files: read strictly, checked as a whole, written as templates."""

from __future__ import annotations

from rashomon.study.spec.argument import audit_arguments
from rashomon.study.spec.column import ColumnSummary, FileSummary, guessed_roles
from rashomon.study.spec.diff import diff_specs
from rashomon.study.spec.engine_spec import EngineSpec, SlurmSpec
from rashomon.study.spec.model import AuditSpec, FileSpec, RolesSpec
from rashomon.study.spec.output import study_folder
from rashomon.study.spec.read import StudySpec, parse_spec, read_spec
from rashomon.study.spec.resolve import resolve_spec, spec_digest, spec_remarks
from rashomon.study.spec.schema import spec_schema
from rashomon.study.spec.template import spec_template
from rashomon.study.spec.value import memory_bytes
from rashomon.study.spec.world_spec import BenchmarkSpec, SweepSpec, WorldsSpec

__all__ = [
    "AuditSpec",
    "BenchmarkSpec",
    "ColumnSummary",
    "EngineSpec",
    "FileSpec",
    "FileSummary",
    "RolesSpec",
    "SlurmSpec",
    "StudySpec",
    "SweepSpec",
    "WorldsSpec",
    "audit_arguments",
    "diff_specs",
    "guessed_roles",
    "memory_bytes",
    "parse_spec",
    "read_spec",
    "resolve_spec",
    "spec_digest",
    "spec_remarks",
    "spec_schema",
    "spec_template",
    "study_folder",
]
