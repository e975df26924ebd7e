"""The digest of code."""

import pytest

from rashomon.core import UsageError
from rashomon.core.source import code_of, source_digest

CODE = '''"""What the module is for."""

def f(x):
    """Say what."""
    # why
    return x + 1  # because
'''


def test_comments_and_docstrings_have_no_part_in_it():
    """A corrected sentence leaves the code as it is."""
    other = CODE.replace("Say what.", "Say it better.").replace("# why\n", "# for another reason\n").replace(
        "What the module is for.", "Purpose."
    )  # fmt: skip
    assert code_of(other) == code_of(CODE)


def test_imports_have_no_part_in_it():
    """A module that moved, or that finds another where it moved to, does the same; ``yield from`` is no import."""
    moved = CODE.replace("def f", "from a import (\n    b,\n)\nimport c\n\ndef f")
    assert code_of(moved) == code_of(CODE)
    assert "from" in code_of("def f(x):\n    yield from x\n").split()


def test_a_change_of_the_code_is_seen():
    """Another number is other code, and so is a string that is used."""
    assert code_of(CODE.replace("x + 1", "x + 2")) != code_of(CODE)
    assert code_of(CODE + 'NAME = "a"\n') != code_of(CODE + 'NAME = "b"\n')


def test_a_package_stands_for_its_modules():
    """The digest of a package is that of everything in it, in whatever order it is named."""
    package = source_digest(["rashomon.partitions"])
    assert source_digest(["rashomon.partitions.parquet", "rashomon.partitions"]) == package
    assert source_digest(["rashomon.core.rng", "rashomon.core.rows"]) == source_digest(
        ["rashomon.core.rows", "rashomon.core.rng"]
    )


@pytest.mark.parametrize("name", ["rashomon.nothing", "no_such_package.module"])
def test_what_is_not_there_is_named(name):
    """A module that does not exist is refused by name."""
    with pytest.raises(UsageError, match=name):
        source_digest([name])
