import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from rashomon.study.spec import value


def adapter(kind):
    return TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))


@pytest.mark.parametrize(
    ("text", "size"), [("8 GiB", 8 * 2**30), ("1 TB", 10**12), ("500MB", 5 * 10**8), ("1.5 KiB", 1536), ("12 B", 12)]
)
def test_sizes_are_read_with_their_units(text, size):
    """Powers of 1000, and of 1024 where an i says so."""
    assert value.memory_bytes(text) == size
    assert adapter(value.Memory).validate_python(text) == text


@pytest.mark.parametrize("text", ["8", "GiB", "-1 GB", "0 GB", "8 GiBs", "8 PB", ""])
def test_sizes_without_a_unit_are_refused(text):
    """A bare number could mean any."""
    with pytest.raises(PydanticCustomError, match="a size above 0 with its unit"):
        value.memory_bytes(text)


def test_lists_are_kept_as_tuples():
    """A list of a file becomes a tuple; its items stay strict."""
    texts = adapter(value.ListOf[str])
    assert texts.validate_python(["a", "b"]) == ("a", "b")
    with pytest.raises(ValidationError, match="valid string"):
        texts.validate_python([1])


def test_one_level_may_stand_alone():
    """Integers stay integers, words words."""
    levels = adapter(value.Multiverse)
    assert levels.validate_python({"n_pcs": 30, "metric": "cosine"}) == {"n_pcs": (30,), "metric": ("cosine",)}
    assert type(levels.validate_python({"n_pcs": [30, 50.0]})["n_pcs"][0]) is int
    with pytest.raises(ValidationError, match="unknown choice"):
        levels.validate_python({"npcs": 3})
    with pytest.raises(ValidationError, match="valid dictionary"):
        levels.validate_python([3])


def test_one_pipeline_has_one_level_each():
    """A list is no level."""
    pipeline = adapter(value.Pipeline)
    assert pipeline.validate_python({"resolution": 0.5}) == {"resolution": 0.5}
    with pytest.raises(ValidationError, match="found a list, expected a word or a finite number"):
        pipeline.validate_python({"resolution": [0.5]})


def test_words_of_columns_are_text():
    """Whole numbers are taken as their digits; what has several spellings is refused."""
    word = adapter(value.Word)
    assert [word.validate_python(each) for each in ("a", 3)] == ["a", "3"]
    for each in (1.0, True, None):
        with pytest.raises(ValidationError, match="a text or a whole number"):
            word.validate_python(each)


@pytest.mark.parametrize("text", ["mine:f", "x=my.module:f", "view=m:f"])
def test_steps_name_a_function(text):
    """With the slot that they transform, or without."""
    assert adapter(value.StepText).validate_python(text) == text


@pytest.mark.parametrize("text", ["f", "y=m:f", "m:f()", "m.f:", "import os; os:f"])
def test_steps_that_name_none_are_refused(text):
    """Nothing but a name is accepted, and nothing is loaded."""
    with pytest.raises(ValidationError, match="module:function"):
        adapter(value.StepText).validate_python(text)


def test_truths_are_those_of_the_command_line():
    """A bad kind is refused in the words of the room of truths."""
    truth = adapter(value.TruthText)
    for text in ("cell_type", "gate=annotation:protein", "stage=quantile(pseudotime, 4)"):
        assert truth.validate_python(text) == text
    with pytest.raises(ValidationError) as caught:
        truth.validate_python("a=biologic")
    assert "did you mean 'biological'?" in caught.value.errors()[0]["ctx"]["near"]


def test_arrows_have_two_ends():
    """A chain is several arrows."""
    arrow = adapter(value.Arrow)
    assert arrow.validate_python("a -> b -> clusters") == "a -> b -> clusters"
    with pytest.raises(ValidationError, match="donor -> batch"):
        arrow.validate_python("a ->")


def test_seeds_have_32_bits():
    """From 0 to 2^32 - 1."""
    seed = adapter(value.Seed)
    assert seed.validate_python(2**32 - 1) == 2**32 - 1
    for each in (-1, 2**32, 1.0, "1", True):
        with pytest.raises(ValidationError):
            seed.validate_python(each)
