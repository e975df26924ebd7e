import math

import pandas as pd
import pytest
from scipy.stats import binom

from rashomon.ask.power.donor import clone_power
from rashomon.ask.power.word import Smallest, cannot_tell, power_answer, receptor_answer

FOUND = Smallest(0.02, 1000, simulated=False, why_not="draw more")


def table(*says):
    """Clusters and what is said of them."""
    return pd.DataFrame({"name": [f"c{k}" for k in range(len(says))], "says": says})


def test_enough_for_all_is_said():
    """Verdict, estimate and main sentence."""
    said = power_answer(table("enough", "probably enough"), FOUND, ())
    assert (said.status, said.verdict) == ("answered", "enough for 2 of 2 clusters")
    assert said.estimate == 0.02
    assert "has 2 % of them (20 cells)" in said.text
    assert said.next_step == "Draw more."


def test_what_is_short_is_named():
    """The first short cluster with its need, the number of the others, without the interval."""
    said = power_answer(
        table("enough", "needs about 3.0 times the cells (95 % interval 2.0 to 5.0), or x", "not by cells alone"),
        FOUND,
        (),
    )
    assert said.verdict == "enough for 1 of 3 clusters; c1: needs about 3.0 times the cells; 1 more are short, too"


def test_clusters_that_cannot_be_told_are_counted():
    """Mixed where some are, cannot tell where all are."""
    mixed = power_answer(table("enough", "cannot tell"), FOUND, ())
    assert (mixed.status, mixed.verdict) == ("mixed", "enough for 1 of 2 clusters; 1 cannot be told")
    assert power_answer(table("cannot tell"), FOUND, ()).status == "cannot tell"


def test_no_group_is_found_is_said():
    """An infinite share is no estimate."""
    said = power_answer(table("enough"), Smallest(math.inf, 50, simulated=True), ())
    assert said.estimate is None
    assert "no group with 20 genes" in said.text
    assert "look-alike" in said.text


def test_a_refusal_says_why():
    """With what to give instead."""
    said = cannot_tell("X holds no counts", "Give raw counts.")
    assert (said.status, said.verdict) == ("cannot tell", "cannot tell: X holds no counts")
    assert str(said).endswith("Give raw counts.")


def test_receptors_have_their_frequencies():
    """The frequency that is missed in 5 %, and that with three members in 80 %, by the binomial law."""
    said = receptor_answer(clone_power(2000), n=2000)
    assert (1 - said.estimate) ** 2000 == pytest.approx(0.05)
    percent = float(said.text.split("about ")[1].split(" %")[0])
    assert binom.sf(2, 2000, percent / 100) == pytest.approx(0.8, abs=0.02)
    assert receptor_answer(clone_power(0), n=0).status == "cannot tell"
