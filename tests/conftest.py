"""Fixtures and settings of the whole suite; nothing is loaded at import."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from rashomon.engine import environment

# The default draws the same examples everywhere, so that a fresh clone is not red by chance; explore draws new ones.
hypothesis.settings.register_profile("default", deadline=None, max_examples=40, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=500, derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

REAL_DATA = "RASHOMON_TEST_DATA"


@pytest.fixture
def rng():
    """A generator that is the same in every run."""
    return np.random.default_rng(20260101)


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data; tests that ask for it carry the mark realdata."""
    return Path(os.environ[REAL_DATA])


@pytest.fixture
def record(tmp_path):
    """Write figures of a statistical test: to benchmarks/results in `make statistical`, else to a scratch folder."""
    folder = Path(os.environ.get("RASHOMON_RESULTS", tmp_path))

    def write(name, *, claim, seed, figures):
        folder.mkdir(parents=True, exist_ok=True)
        said = {
            "claim": claim,
            "figures": figures,
            "seed": seed,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "versions": {"rashomon": version("rashomon"), **environment()},
        }
        (folder / f"statistical_{name}.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")

    return write


def pytest_collection_modifyitems(items):
    """Skip tests on real data where the folder is not given."""
    folder = os.environ.get(REAL_DATA)
    if folder is not None and not Path(folder).is_dir():
        raise pytest.UsageError(f"{REAL_DATA} is {folder!r}, which is not a folder")
    for item in items:
        if folder is None and item.get_closest_marker("realdata"):
            item.add_marker(pytest.mark.skip(reason=f"{REAL_DATA} is not set"))


def pytest_terminal_summary(terminalreporter):
    """Say loudly how many tests on real data did not run."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "realdata" in report.keywords]
    if skipped:
        terminalreporter.section("not run", sep="!")
        terminalreporter.line(f"{len(skipped)} tests on real data: set {REAL_DATA} to the folder that holds it")
