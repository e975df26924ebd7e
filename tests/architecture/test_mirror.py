from tests.architecture.source import ROOT, SRC

TESTS = ROOT / "tests" / "unit"

# a package's __init__ lists names and records; the conformance suites test those
MODULES = {path.relative_to(SRC) for path in SRC.rglob("*.py") if path.name != "__init__.py"}

# support for tests that lies beside them, with the reason
SUPPORT = {
    "engine/trouble.py": "steps that make trouble, shared by the tests of the engine",
    "io/test_bad_input.py": "the catalogue of bad inputs, which concerns every module of the door",
    "engine/toy.py": "steps made of library functions, shared by the tests of the engine",
}


def test_every_module_has_its_test_file():
    """src/rashomon/room/module.py is tested by tests/unit/room/test_module.py."""
    absent = [str(path) for path in sorted(MODULES) if not (TESTS / path.with_name(f"test_{path.name}")).is_file()]
    assert absent == []


def test_every_test_file_has_its_module():
    """A test file below tests/unit names a module that exists, so that none outlives what it tests."""
    found = {path.relative_to(TESTS) for path in TESTS.rglob("*.py")}
    expected = {path.with_name(f"test_{path.name}") for path in MODULES}
    assert sorted(str(path) for path in found - expected if str(path) not in SUPPORT) == []


def test_support_files_exist():
    """The list of support files holds no name that is gone."""
    assert [name for name in SUPPORT if not (TESTS / name).is_file()] == []
