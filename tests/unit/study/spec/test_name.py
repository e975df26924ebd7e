from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from rashomon.multiverse import BUDGETS
from rashomon.study.spec.name import FUNCTION, AllOf, NameOf

BUDGET = NameOf(("rashomon.multiverse:BUDGETS",))
CLUSTERER = NameOf(("rashomon.cluster:CLUSTERERS",), FUNCTION, "your own as module:function")


def test_names_are_those_of_the_registry():
    """In its order; several registries and a Literal too, each name once."""
    assert BUDGET.names() == tuple(BUDGETS)
    both = NameOf(("rashomon.score:SCORES", "rashomon.score.receptor:RECEPTOR_SCORES")).names()
    assert {"ari", "retention"} <= set(both)
    assert len(set(both)) == len(both)
    assert set(NameOf(("rashomon.multiverse:Budget",)).names()) == set(BUDGETS)


def test_unknown_names_are_refused():
    """With the nearest one; a function of the user has its own form."""
    adapter = TypeAdapter(Annotated[str, CLUSTERER])
    assert adapter.validate_python("my.module:cut") == "my.module:cut"
    with pytest.raises(ValidationError, match="or your own as module:function") as caught:
        adapter.validate_python("waard")
    assert caught.value.errors()[0]["ctx"]["near"] == "did you mean 'ward'?"
    with pytest.raises(ValidationError, match="expected leiden"):
        adapter.validate_python("my module:cut")


def test_the_schema_lists_names():
    """For completion in editors."""
    assert TypeAdapter(Annotated[str, BUDGET]).json_schema() == {"type": "string", "enum": list(BUDGETS)}
    assert "pattern" in TypeAdapter(Annotated[str, CLUSTERER]).json_schema()["anyOf"][1]


def test_all_is_every_name():
    """And nothing else may stand in place of a list."""
    adapter = TypeAdapter(Annotated[list[Annotated[str, BUDGET]], AllOf(BUDGET)])
    assert adapter.validate_python(["full"]) == ["full"]
    with pytest.raises(ValidationError, match="all, or a list of names"):
        adapter.validate_python("every")
    assert adapter.json_schema()["anyOf"][0] == {"const": "all"}
    lenient = TypeAdapter(Annotated[tuple[Annotated[str, BUDGET], ...], AllOf(BUDGET)])
    assert lenient.validate_python("all") == tuple(BUDGETS)
