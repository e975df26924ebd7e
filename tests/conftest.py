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

from rashomon.core.source import source_digest
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


@pytest.fixture
def accumulate(tmp_path):
    """Add the counts of one block of seeds to those of other blocks, as long as the code they were measured on stays.

    Returns the totals over all blocks. The block is RASHOMON_SEED_BLOCK; a test draws its seeds from it.
    """
    folder = Path(os.environ.get("RASHOMON_RESULTS", tmp_path))

    def add(name, *, claim, n, events, modules):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"statistical_{name}.json"
        code = source_digest(modules)
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        blocks = before["blocks"] if before.get("code") == code else {}
        blocks = blocks | {str(seed_block()): {"n": int(n), **{key: int(count) for key, count in events.items()}}}
        totals = {key: sum(block[key] for block in blocks.values()) for key in ("n", *events)}
        said = {
            "claim": claim,
            "totals": totals,
            "blocks": dict(sorted(blocks.items(), key=lambda entry: int(entry[0]))),
            "code": code,
            "modules": list(modules),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "versions": {"rashomon": version("rashomon"), **environment()},
        }
        path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
        return totals

    return add


def seed_block():
    """Return the number of the block of seeds that statistical tests draw from: each has data sets of its own."""
    return int(os.environ.get("RASHOMON_SEED_BLOCK", "0"))


@pytest.fixture(name="seed_block")
def seed_block_of_run():
    """Number of the block of seeds."""
    return seed_block()


def pytest_collection_modifyitems(items):
    """Skip tests on real data where the folder is not given."""
    folder = os.environ.get(REAL_DATA)
    if folder is not None and not Path(folder).is_dir():
        raise pytest.UsageError(f"{REAL_DATA} is {folder!r}, which is not a folder")
    for item in items:
        if folder is None and item.get_closest_marker("realdata"):
            item.add_marker(pytest.mark.skip(reason=f"{REAL_DATA} is not set"))


def pytest_terminal_summary(terminalreporter):
    """Say loudly how many tests on real data, and in a browser, did not run."""
    reports = terminalreporter.stats.get("skipped", [])
    on_data = [report for report in reports if "realdata" in getattr(report, "keywords", ())]
    in_browser = [report for report in reports if report.nodeid.startswith("tests/browser/")]
    if on_data or in_browser:
        terminalreporter.section("not run", sep="!")
    if on_data:
        terminalreporter.line(f"{len(on_data)} tests on real data: set {REAL_DATA} to the folder that holds it")
    if in_browser:
        terminalreporter.line(f"{len(in_browser)} tests in a browser: {in_browser[0].longrepr[2]}")
