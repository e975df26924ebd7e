import re

import numpy as np
import pytest

from rashomon.dataset import Truth
from rashomon.report.truth import deciding_table, drawn, relation_sentence, relation_table
from rashomon.truth import RELATIONS, deciding_groups, relations


def truth(name, codes, **more):
    return Truth(name, more.pop("kind", "annotation"), np.asarray(codes), ("x", "y", "z", "w"), **more)


NAMED = {
    "fine": truth("fine", np.tile([0, 1, 2], 100), derived_from="expression"),
    "coarse": truth("coarse", np.tile([0, 0, 1], 100), derived_from="expression"),
    "half": truth("half", np.tile([0, 0, 1, 2], 75), kind="technical"),
}


def test_relations_are_said_in_words():
    """With the score, its interval, and what weakens them."""
    table = relations(NAMED)
    assert re.fullmatch(
        r"fine refines coarse: it determines coarse and says more \(adjusted mutual information 0\.\d\d, 0\.\d\d to "
        r"0\.\d\d\): made from the expression matrix: fine and coarse; both rest on expression data, so their "
        r"agreement is no independent evidence\.",
        relation_sentence(table.iloc[0]),
    )


@pytest.mark.parametrize("word", list(RELATIONS))
def test_every_word_has_a_sentence(word):
    """Both columns are named."""
    row = relations(NAMED).iloc[1].copy()
    row["relation"], row["reason"] = word, "because" if word == "cannot tell" else ""
    said = relation_sentence(row)
    assert "fine" in said
    assert "half" in said
    assert ("because" in said) == (word == "cannot tell")


def test_undefined_numbers_are_left_out_of_the_sentence():
    """No "nan" is printed."""
    apart = {"a": truth("a", [0, 1, -2, -2]), "b": truth("b", [-2, -2, 0, 1])}
    said = relation_sentence(relations(apart).iloc[0])
    assert said == "How a and b relate cannot be told (no item carries a class in both)."


def test_columns_that_are_not_technical_are_drawn_first():
    """As many as wanted, or none where they have no item in common."""
    truths = [NAMED["half"], NAMED["fine"], NAMED["coarse"]]
    assert drawn(truths) == ("fine", "coarse")
    assert drawn(truths, n=3) == ("fine", "coarse", "half")
    assert drawn(truths[:1]) == drawn([truth("a", [0, -2]), truth("b", [-2, 0])]) == ()


def test_tables_are_shown_with_their_captions():
    """Words as words, numbers as numbers."""
    shown = relation_table(relations(NAMED))
    assert shown.rows[0][:3] == ("fine", "coarse", "refines")
    assert shown.n_rows == 3
    groups = deciding_groups(NAMED)
    assert deciding_table(groups).n_rows == len(groups)
