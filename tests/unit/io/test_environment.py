import pytest

from rashomon.io import environment
from rashomon.io.environment import environment_findings


def by_place():
    return {finding.where: finding for finding in environment_findings()}


def test_a_good_installation_has_no_errors():
    """Everything that a user is asked for in a bug report is there."""
    found = by_place()
    assert {"python", "numpy", "anndata", "numcodecs", "cores", "threads", "memory", "numba cache"} <= set(found)
    assert [finding for finding in found.values() if finding.level == "error"] == []


@pytest.mark.parametrize(
    ("found", "bounds", "within"),
    [
        ("0.16.6", ">=0.16.6", True),
        ("0.16.5", ">=0.16.6", False),
        ("0.16", ">=0.16.0", True),
        ("3.0.0", ">=2.2,<3", False),
        ("2.3.3", ">=2.2,<3", True),
        ("2.10.0", ">=2.9", True),
        ("1.0.0rc1", ">=1.0", True),
        ("1", "", True),
    ],
)
def test_versions_are_compared_by_number(found, bounds, within):
    """Not as text: 2.10 comes after 2.9."""
    assert environment._within(found, bounds) is within


def test_a_version_that_is_too_old_is_an_error(monkeypatch):
    """With the line that installs another."""
    monkeypatch.setattr(environment, "version", lambda name: "0.1")
    found = by_place()["numcodecs"]
    assert (found.level, found.fix) == ("error", "install numcodecs>=0.16.6")
    assert "0.1, and >=0.16.6 is needed" in found.what


def test_a_cache_that_cannot_be_written_is_a_warning(monkeypatch, tmp_path):
    """Every process would compile anew; where it can be written all is well."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "new" / "folder"))
    assert by_place()["numba cache"].level == "ok"
    monkeypatch.setattr(environment.os, "access", lambda *_: False)
    assert by_place()["numba cache"].level == "warning"


def test_little_space_is_a_warning(monkeypatch):
    """Copies and results need some."""
    usage = environment.shutil.disk_usage("/")
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: usage._replace(free=10**6))
    assert by_place()["temporary files"].level == "warning"
