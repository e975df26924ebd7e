"""Parts of worlds."""

import pytest

from rashomon.core import UsageError
from rashomon.sim.part import PARTS, ordered_parts


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["expression"], ("expression",)),
        (("receptors", "expression"), PARTS),
        (["receptors", "receptors"], ("receptors",)),
        ("receptors", ("receptors",)),
    ],
)
def test_parts_have_one_order(given, wanted):
    """Each once, expression first, whatever was written."""
    assert ordered_parts(given) == wanted


@pytest.mark.parametrize(
    ("given", "what", "fix"),
    [
        ([], "a world without parts generates nothing", ""),
        (["receptor"], "there is no part 'receptor'", "did you mean 'receptors'"),
        (["receptors", 3], "there is no part 3", "known: "),
    ],
)
def test_other_parts_are_refused(given, what, fix):
    """With the nearest that exists."""
    with pytest.raises(UsageError, match=what) as caught:
        ordered_parts(given)
    assert (caught.value.code, caught.value.where) == ("world.parts", "parts")
    assert fix in caught.value.fix
