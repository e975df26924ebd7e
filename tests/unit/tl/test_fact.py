import numpy as np
import pandas as pd

from rashomon.ask import Answer, Interval
from rashomon.io.fact_table import MOST_ROWS, fact_table
from rashomon.tl.fact import answer_table, facts_of

SAID = Answer(
    "stability", "answered", "2 of 2 come back", "They do.", "0.9", "Go on.", 0.9, "mean", Interval(0.8, 1.0, "halves")
)


def test_an_answer_is_a_row():
    """Its words, number and interval; without a number NaN."""
    table = answer_table({"stability": SAID, "power": Answer("power", "cannot tell", "cannot tell", "No.")})
    assert table["question"].tolist() == ["stability", "power"]
    assert table.loc[0, ["estimate", "low", "high", "over"]].tolist() == [0.9, 0.8, 1.0, "halves"]
    assert table.loc[0, "sentence"] == SAID.sentence
    assert np.isnan(table.loc[1, "estimate"])
    assert answer_table({}).empty


def test_long_tables_stay_outside_and_are_counted():
    """A table at the limit is kept, one row more is not."""
    tables = {
        "cards": pd.DataFrame({"n": np.arange(MOST_ROWS)}),
        "scores": pd.DataFrame({"n": np.arange(MOST_ROWS + 1)}),
    }
    facts = facts_of("audit", "leiden", answers={"stability": SAID}, tables=tables)
    assert facts["left_out"] == {"scores": MOST_ROWS + 1}
    assert set(facts) == {"tool", "labels", "left_out", "table_answers", "table_cards"}
    assert fact_table(facts["table_cards"])["n"].sum() == MOST_ROWS * (MOST_ROWS - 1) // 2
