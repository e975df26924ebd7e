import pytest

from rashomon.dataset.noun import in_items


@pytest.mark.parametrize(
    ("item", "said"),
    [("cell", "Cells of a cell"), ("receptor", "Receptors of a receptor"), ("row", "Rows of a row")],
)
def test_word_is_that_of_the_data(item, said):
    """Singular and plural, small and capital letters."""
    assert in_items("Cells of a cell", item) == said


def test_other_words_stay():
    """Only the whole word is a noun of ours."""
    assert in_items("cellular, cell_type, Cellosaurus", "receptor") == "cellular, cell_type, Cellosaurus"
