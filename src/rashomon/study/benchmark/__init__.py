"""Benchmarks: worlds x pipelines x scores, with controls, and which knob breaks which score first."""

from __future__ import annotations

from rashomon.study.benchmark.result import Benchmark, write_benchmark
from rashomon.study.benchmark.run import plan_spec, run_benchmark, run_plan

__all__ = ["Benchmark", "plan_spec", "run_benchmark", "run_plan", "write_benchmark"]
