"""Reports: one page that opens anywhere, the figures as files, and a methods paragraph."""

from __future__ import annotations

from rashomon.report.benchmark_page import benchmark
from rashomon.report.figure import FIGURES, Figure, figures
from rashomon.report.methods import methods
from rashomon.report.page import write
from rashomon.report.truth_page import write_relations

__all__ = ["FIGURES", "Figure", "benchmark", "figures", "methods", "write", "write_relations"]
