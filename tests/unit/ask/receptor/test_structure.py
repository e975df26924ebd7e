"""Question 1 for receptors: generated ones are no surprise, families are, and what cannot be compared is said."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.receptor.population import DATA, POPULATION_COLUMNS
from rashomon.ask.receptor.structure import (
    AMOUNTS,
    FEWEST,
    RECEPTOR_VERDICTS,
    conclude_receptors,
    plan_receptors,
    why_no_repertoire,
)
from rashomon.ask.structure.question import conclude, plan
from rashomon.core import silent
from rashomon.dataset import unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, receptor_multiverse, slots_of
from tests.generated_sample import generated
from tests.receptor_sample import receptors, table

RESULT = {"part": "draw", "draw": DATA}


def request(data, *, codes=None, budget="quick"):
    """A request on a data set whose labels nobody made."""
    labels = np.full(data.n_obs, -1, dtype=np.int32) if codes is None else codes
    names = tuple(map(str, range(int(labels.max(initial=-1)) + 1)))
    return Request(data, Judged("own", labels, names, own=True), 5, receptor_multiverse(data), budget=budget)


def answered(asked):
    """What is said, through the engine."""
    units = plan(asked)
    engine = Engine("serial", listener=silent)
    executor = Executor(slots_of(asked.dataset), asked.entropy, MemoryStore(), engine)
    return conclude(asked, list(map(Finished, units, executor.run(units, task="t"), executor.keys(units))))


@cache
def alone():
    """Generated and selected receptors, and the answer."""
    return answered(request(generated(200, seed=1)))


@cache
def with_family():
    """The same with a family of twenty, and the answer."""
    data = generated(200, seed=1, n_family=20)
    family = np.where(np.arange(data.n_obs) < 20, 0, -1).astype(np.int32)
    return answered(request(data, codes=family))


def test_generated_receptors_are_no_groups():
    """Receptors made as the null is made have no more neighbours than it gives."""
    answer = alone().answer
    assert (answer.status, answer.verdict) == ("answered", RECEPTOR_VERDICTS["no"])
    assert "more receptors with a neighbour would have been seen" in answer.text
    assert "budget='default' compares with 39" in answer.next_step


def test_a_family_is_beyond_generation():
    """Twenty alike receptors: yes, with the smallest p that 19 draws allow, and no word on the target."""
    answer = with_family().answer
    assert (answer.status, answer.verdict) == ("answered", "yes (groups beyond V, J and length)")
    assert answer.evidence.startswith("p = 0.05 with 19 generated repertoires")
    assert "does not say which target" in answer.text
    # the family has one V, J and length, so that labels cannot be permuted within these
    assert "(epitope: not told)" in answer.text
    assert answer.estimate == pytest.approx(answer.table.set_index("statistic").eval("data - generated")["retention"])
    assert answer.interval.low <= answer.estimate <= answer.interval.high


def test_the_table_has_the_data_and_every_draw():
    """The data first, then draws of as many receptors; shares and counts agree."""
    table_of = with_family().tables["receptor_population"]
    assert list(table_of) == list(POPULATION_COLUMNS)
    assert table_of["draw"].tolist() == [DATA, *range(AMOUNTS["quick"].n_draws)]
    assert table_of["n"].iloc[0] == table_of["n"].max()
    assert (table_of["retention"] * table_of["n"] >= table_of["largest"] - 1e-9).all()


def test_what_has_no_model_is_said(rng):
    """Gamma chains, few receptors, heavy chains, and labels alone: the verdict says which, and nothing is planned."""
    aa = ["C" + "".join(rng.choice(list("ADEGSTY"), 10)) + "F" for _ in range(FEWEST)]
    donors = list("ab") * (FEWEST // 2)
    gamma = request(unique_receptors(table(receptors(aa, locus="TRG"), donor=donors))[0])
    assert why_no_repertoire(gamma)[0] == "cannot tell: no model for human TRG"
    heavy = replace(gamma.dataset.receptors, locus=receptors(aa, locus="IGH").locus)
    family = request(replace(gamma.dataset, receptors=heavy))
    assert why_no_repertoire(family)[0] == "not applicable"
    few = request(generated(30, seed=2))
    assert why_no_repertoire(few)[0] == RECEPTOR_VERDICTS["few"]
    labels = replace(few, multiverse=None)
    for asked in (gamma, family, few, labels):
        assert plan_receptors(asked) == []
        found = conclude_receptors(asked, [])
        assert found.answer.status in {"cannot tell", "not applicable"}
        assert found.answer.verdict == why_no_repertoire(asked)[0]
        assert found.tables["receptor_population"].empty


def test_receptors_that_cannot_be_generated_end_in_cannot_tell():
    """A V gene that no model has, in all receptors: the reason of the step is handed on."""
    data = generated(120, seed=3)
    calls = receptors(["CASSLGQGYEQF"] * data.n_obs, v=["TRBV99"] * data.n_obs).v
    found = answered(request(replace(data, receptors=replace(data.receptors, v=calls))))
    assert found.answer.verdict == "cannot tell"
    assert "no receptor has V, J and a junction that can be generated" in found.answer.text


def test_budgets_draw_more():
    """A unit for the law, one for the data, and one per draw; larger budgets compare more receptors."""
    asked = request(generated(120, seed=3))
    for budget, amount in AMOUNTS.items():
        units = plan_receptors(replace(asked, budget=budget))
        assert len(units) == amount.n_draws + 2
        assert units[1].facts == RESULT
    assert AMOUNTS["quick"].max_obs < AMOUNTS["default"].max_obs < AMOUNTS["full"].max_obs
