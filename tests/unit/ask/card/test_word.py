"""Words for cells and for receptors are records of one shape."""

from dataclasses import dataclass, fields

import pytest

from rashomon.ask.card.cell_word import CELL_WORDS
from rashomon.ask.card.word import Word, WordVerdict, first_word
from rashomon.ask.receptor.word import RECEPTOR_WORDS


@dataclass(frozen=True)
class Line:
    """Where few ends."""

    n: int = 3


WORDS = [
    Word("few", "too few", "below {n}", "add", lambda n, line: f"({n})" if n < line.n else None, Line()),
    Word("many", "enough", "in all other cases", "", lambda _n, _line: "", Line()),
]


def test_the_first_rule_that_holds_gives_the_word():
    """In their order, and by the lines of the caller where there are some."""
    assert first_word(WORDS, 2) == WordVerdict("few", "(2)", "add")
    assert first_word(WORDS, 3) == WordVerdict("many", "", "")
    assert first_word(WORDS, 2, limits=Line(2)).verdict == "many"


def test_a_rule_is_shown_with_its_numbers():
    """Those of the word, or those that were used."""
    assert WORDS[0].line() == "below 3"
    assert WORDS[0].line(Line(9)) == "below 9"


@pytest.mark.parametrize("words", [CELL_WORDS, RECEPTOR_WORDS])
def test_all_words_have_one_shape(words):
    """The same class, the same fields, a rule that can be shown, and one set of lines for all words of a kind."""
    assert {type(word) for word in words.values()} == {Word}
    assert [field.name for field in fields(Word)] == ["name", "summary", "rule", "action", "applies", "limits"]
    assert not any("{" in word.line() or not word.summary for word in words.values())
    assert len({id(word.limits) for word in words.values()}) == 1
