"""The waist: labels of every run, and the facts of every run."""

from __future__ import annotations

from rashomon.partitions.parquet import read_partitions, write_partitions
from rashomon.partitions.partitions import Partitions, Unit

__all__ = ["Partitions", "Unit", "read_partitions", "write_partitions"]
