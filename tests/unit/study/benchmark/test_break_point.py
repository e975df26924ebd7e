"""Break points: the first level at which a score is broken, by fewest steps, and the order of the knobs."""

import numpy as np
import pandas as pd

from rashomon.study.benchmark.break_point import BREAK_COLUMNS, break_table


def ranking(words, *, score="mine"):
    """Return a table of rankings from words by knob, from the fixed point outwards."""
    return pd.DataFrame(
        {
            "knob": knob,
            "level": f"{knob}{step}",
            "steps": step,
            "score": score,
            "truth": "type",
            "view": "",
            "judged_by": "type",
            "rank_correlation": 1.0 - step / 10,
            "word": word,
            "reason": f"because {word}",
        }
        for knob, said in words.items()
        for step, word in enumerate(said)
    )


def found(words):
    """Return the rows of the break table by knob."""
    table = break_table(ranking(words))
    assert list(table.columns) == list(BREAK_COLUMNS)
    return {row["knob"]: row for row in table.to_dict("records")}


def test_the_first_level_is_that_with_the_fewest_steps():
    """Knobs are in the order of their steps; ties share a place."""
    rows = found(
        {
            "a": ["holds", "holds", "ranks otherwise"],
            "b": ["holds", "at its negative control", "holds"],
            "c": ["holds", "no value", "no value"],
            "d": ["holds", "holds", "holds"],
        }
    )
    assert [rows[knob]["status"] for knob in "abcd"] == ["breaks", "breaks", "breaks", "holds"]
    assert [rows[knob]["steps"] for knob in "abc"] == [2.0, 1.0, 1.0]
    assert [rows[knob]["order"] for knob in "abc"] == [3.0, 1.0, 1.0]
    assert rows["b"]["level"] == "b1"
    assert rows["b"]["reason"] == "because at its negative control"
    assert np.isnan(rows["d"]["order"])
    assert (rows["a"]["fixed"], rows["a"]["there"]) == (1.0, 0.8)


def test_a_score_that_is_broken_at_the_fixed_point_is_broken_by_no_knob():
    """It has no order among the knobs."""
    rows = found({"a": ["ranks otherwise", "ranks otherwise"]})
    assert (rows["a"]["status"], rows["a"]["steps"]) == ("broken at the fixed point", 0.0)
    assert np.isnan(rows["a"]["order"])


def test_where_nothing_is_attainable_the_score_ends_and_is_not_broken():
    """A break at a nearer level, or at the same, says more."""
    rows = found(
        {
            "a": ["holds", "nothing attainable", "at its negative control"],
            "b": ["holds", "ranks otherwise", "nothing attainable"],
        }
    )
    assert (rows["a"]["status"], rows["a"]["steps"]) == ("ends", 1.0)
    assert (rows["b"]["status"], rows["b"]["steps"]) == ("breaks", 1.0)


def test_levels_without_anything_to_rank_do_not_break_a_score():
    """It holds where it can be asked; where it is undecided, that is said."""
    rows = found({"a": ["nothing to rank", "holds"], "b": ["holds", "cannot tell"], "c": ["nothing to rank"] * 2})
    assert [rows[knob]["status"] for knob in "abc"] == ["holds", "cannot tell", "cannot tell"]
    assert rows["b"]["reason"] == "holds at 1 of 2 levels; cannot tell"


def test_descriptions_have_no_break_points():
    """More clusters are neither better nor worse."""
    assert break_table(ranking({"a": ["describes", "describes"]})).empty
