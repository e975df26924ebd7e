"""Worlds as files: YAML, read strictly, and a parquet file of fitted tables beside it."""

from __future__ import annotations

from rashomon.sim.spec.change import parse_change, parse_changes
from rashomon.sim.spec.file import read_world, write_world

__all__ = ["parse_change", "parse_changes", "read_world", "write_world"]
