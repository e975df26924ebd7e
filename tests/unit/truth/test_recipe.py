import pytest

from rashomon.core import UsageError
from rashomon.truth import (
    RECIPES,
    Clonotype,
    Coarsening,
    Crossing,
    Gate,
    Gating,
    MostLikely,
    Quantiles,
    parse_recipe,
)


@pytest.fixture
def mapping(tmp_path):
    """A file with one entry."""
    file = tmp_path / "a, b.csv"
    file.write_text("CD4 T,T\n", encoding="utf-8")
    return file


def test_every_recipe_is_read(mapping):
    """One example per record of the registry."""
    found = {
        "map": parse_recipe(f'map(cell_type, "{mapping}", keep)'),
        "cross": parse_recipe("cross(a,b)"),
        "quantile": parse_recipe(" quantile( pseudotime , 4 ) "),
        "threshold": parse_recipe("threshold(protein:CD3>=2.5 & CD19<1 as T, CD19>=1)"),
        "argmax": parse_recipe("argmax(probs, 0.8)"),
        "clonotype": parse_recipe("clonotype(aa+V+J,both)"),
    }
    assert found == {
        "map": Coarsening("cell_type", {"CD4 T": "T"}, keep_unmapped=True),
        "cross": Crossing("a", "b"),
        "quantile": Quantiles("pseudotime", 4),
        "threshold": Gating((Gate.parse("protein:CD3>=2.5 & CD19<1 as T"), Gate.parse("CD19>=1"))),
        "argmax": MostLikely("probs", 0.8),
        "clonotype": Clonotype("aa+V+J, both"),
    }
    assert set(found) == set(RECIPES)
    assert all(kind.usage.startswith(f"{name}(") for name, kind in RECIPES.items())


def test_parents_are_the_columns_of_obs():
    """Measurements in obsm are nobody's label."""
    assert parse_recipe("threshold(protein:CD3>=2, depth>5 & protein:CD4>1)").parents == ("depth",)
    assert parse_recipe("argmax(probs)").parents == ()
    assert parse_recipe("cross(b, a)").parents == ("b", "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("treshold(a>1)", "unknown recipe 'treshold'"),
        ("cross", "'cross' is no recipe"),
        ("cross(a)", "it has 1 arguments"),
        ("cross(a, a)", "a column is crossed with itself"),
        ("cross(a,,b)", "an argument is empty"),
        ("cross()", "an argument is empty"),
        ("quantile(x, four)", "invalid literal"),
        ("quantile(x, 4, 5)", "it has 3 arguments"),
        ("argmax(p, high)", "could not convert"),
        ('cross("a, b)', "cannot be read"),
        ("threshold(CD3)", "'CD3' is no gate"),
        ("map(cell_type)", "it has 1 arguments"),
    ],
)
def test_what_cannot_be_read_is_a_mistake_of_the_call(text, message):
    """With the code and how it is written."""
    with pytest.raises(UsageError, match=message) as caught:
        parse_recipe(text)
    assert caught.value.code == "truth.recipe"
    assert caught.value.expected


def test_a_mapping_takes_no_other_word(mapping):
    """Only keep."""
    with pytest.raises(UsageError, match="'kept' is not 'keep'"):
        parse_recipe(f'map(cell_type, "{mapping}", kept)')
