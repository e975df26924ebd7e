import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure

from rashomon.pl import label, visible


@given(st.text())
def test_visible_text_hides_nothing(text):
    """What is shown holds no control, format, private or surrogate character and no line break."""
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_readable_text_is_unchanged(text):
    """Letters of any script, numbers, punctuation and symbols stay as they are."""
    assert visible(text) == text


@pytest.mark.parametrize("name", ["$\\frac{1", "$x$", "$$", "a$b$c$d", "\\$", "_name", "__", "%", "#&~^{}"])
def test_label_is_drawn_literally(name):
    """Nothing in a name is read as mathematics, and a figure with it can be drawn."""
    shown = label(name)
    assert not is_math_text(shown)
    assert shown.replace("\\$", "$").strip() == name
    axes = Figure().add_subplot()
    (line,) = axes.plot([0, 1], label=shown)
    legend = axes.legend(handles=[line])
    assert [text.get_text() for text in legend.get_texts()] == [shown], "a leading underscore hides the entry"
    axes.figure.canvas.draw()


def test_long_label_is_cut_where_it_says():
    """No line is longer than asked, there are no more lines than asked, and the cut is marked."""
    shown = label("plasmacytoid dendritic cell, precursor, thymic seeding" * 3, width=20, lines=2)
    lines = shown.split("\n")
    assert len(lines) == 2
    assert max(map(len, lines)) <= 20
    assert shown.endswith("…")
    assert label("x" * 50, width=20, lines=1).endswith("…"), "also a word without a gap"
    assert label("short", width=20) == "short"
