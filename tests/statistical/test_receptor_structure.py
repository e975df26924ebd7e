"""Question 1 for receptors: how often generated ones and blood are called groups, and how often a family is found."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binomtest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.receptor.structure import conclude_receptors, plan_receptors
from rashomon.core import silent
from rashomon.dataset import unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, receptor_multiverse, slots_of
from tests.generated_sample import generated
from tests.receptor_sample import receptors, table

pytestmark = pytest.mark.statistical

BLOOD = Path(__file__).parents[2] / "data" / "fixtures" / "blood_trb.tsv.gz"
N_NULL, N_POWER, N_BLOOD, N_RECEPTORS, LEVEL = 60, 30, 24, 500, 0.05
MODULES = (
    "rashomon.ask.receptor.structure",
    "rashomon.ask.receptor.population",
    "rashomon.sim.receptor_twin_step",
    "rashomon.sim.repertoire_estimate.residue_law",
    "rashomon.sim.repertoire.tilted",
)


def answered(data, entropy):
    """p, and whether the answer is yes."""
    judged = Judged("none", np.full(data.n_obs, -1, dtype=np.int32), (), own=True)
    request = Request(data, judged, entropy, receptor_multiverse(data))
    units = plan_receptors(request)
    executor = Executor(slots_of(data), entropy, MemoryStore(), Engine("serial", listener=silent))
    finished = map(Finished, units, executor.run(units, task="t"), executor.keys(units))
    answer = conclude_receptors(request, list(finished)).answer
    return float(answer.evidence.split()[2]), answer.verdict.startswith("yes")


def counts(made):
    """How many data sets were rejected, and how many called groups."""
    found = [answered(data, entropy) for entropy, data in made]
    return {"rejected": sum(p <= LEVEL for p, _ in found), "yes": sum(yes for _, yes in found)}


def upper(count, n):
    """One-sided 95 % Clopper-Pearson bound."""
    return 1.0 if count == n else float(beta.ppf(0.95, count + 1, n - count))


def test_generated_receptors_are_no_groups(accumulate, seed_block):
    """500 TRB drawn by rejection with free V and J: p <= .05 in at most 5 % of the data sets, and yes in no more."""
    seeds = range(seed_block * N_NULL, (seed_block + 1) * N_NULL)
    events = counts((seed, generated(N_RECEPTORS, seed=seed)) for seed in seeds)
    claim = "generated and selected receptors: rejected at a level of 5 %"
    total = accumulate("receptor_structure_null", claim=claim, n=N_NULL, events=events, modules=MODULES)
    assert binomtest(total["rejected"], total["n"], LEVEL, alternative="greater").pvalue > 0.005
    assert total["yes"] <= total["rejected"]
    # a bound of 7 % needs more data sets than one block has
    assert total["n"] < 600 or upper(total["rejected"], total["n"]) <= 0.07


@pytest.mark.parametrize(("n_exchanges", "least"), [(1, 0.9), (2, 0.0)])
def test_a_family_is_found(n_exchanges, least, accumulate, seed_block):
    """25 of 500 one exchange from a founder: yes in 90 % or more; two exchanges away: recorded, no claim."""
    seeds = range(10_000 + seed_block * N_POWER, 10_000 + (seed_block + 1) * N_POWER)
    events = counts((seed, generated(N_RECEPTORS, seed=seed, n_family=25, n_exchanges=n_exchanges)) for seed in seeds)
    claim = f"a family of 25 of 500 receptors, {n_exchanges} exchanges from a founder, is called groups"
    name = f"receptor_structure_power_{n_exchanges}"
    total = accumulate(name, claim=claim, n=N_POWER, events=events, modules=MODULES)
    assert total["yes"] >= least * total["n"]
    assert total["rejected"] >= total["yes"]


def test_unselected_blood_is_seldom_called_groups(accumulate, seed_block):
    """500 of the TRB of six healthy people, who share more than generation gives: yes in at most 10 %."""
    rows = pd.read_csv(BLOOD, sep="\t")
    made = []
    for seed in range(seed_block * N_BLOOD, (seed_block + 1) * N_BLOOD):
        part = rows.sample(N_RECEPTORS, random_state=seed)
        chains = receptors(part["junction_aa"].tolist(), v=part["v_call"].tolist(), j=part["j_call"].tolist())
        made.append((seed, unique_receptors(table(chains, donor=part["donor"].tolist()))[0]))
    events = counts(made)
    claim = "receptors of healthy blood: rejected, and called groups"
    total = accumulate("receptor_structure_blood", claim=claim, n=N_BLOOD, events=events, modules=MODULES)
    assert binomtest(total["yes"], total["n"], 0.1, alternative="greater").pvalue > 0.005
