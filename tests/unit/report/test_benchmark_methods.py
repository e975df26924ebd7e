"""The methods paragraph of a benchmark: numbers and lines as they were used."""

from rashomon.report.benchmark_methods import benchmark_methods
from rashomon.study.benchmark.ranking import FAITHFUL
from tests import example_benchmark


def test_it_says_what_was_drawn_run_and_concluded():
    """World with its digest, sweep, pipelines, controls, lines between words, root of random numbers, versions."""
    text = benchmark_methods(example_benchmark.benchmark(failed=2))
    for said in (
        "from the world two types (sha256 0123456789abcdef",
        "6 settings x 3 seeds = 18 data sets",
        "depth: 250.0, 500.0 (in the fixed world 2000.0",
        "4 pipelines were run and 5 scores computed; 2 of 72 runs failed",
        "5 random labelings",
        "(Bonferroni)",
        "attainable of type",
        f"lies below {FAITHFUL:g}",
        "Root of the random numbers: 5. Versions: numpy 2.0.0.",
    ):
        assert said in text


def test_without_controls_nothing_is_claimed():
    """Not even that a score is valid."""
    text = benchmark_methods(example_benchmark.benchmark(controls=False))
    assert "No controls were run" in text
    assert "Bonferroni" not in text
