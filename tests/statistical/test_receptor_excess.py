"""The excess over matched backgrounds in an audit: none where there is none, and some where groups were planted."""

import numpy as np
import pytest

from rashomon.ask import Judged, Request
from rashomon.core import silent
from rashomon.dataset import unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, Wishes, receptor_multiverse, slots_of
from rashomon.perturb.matched_background import shuffle_within_strata
from rashomon.study.cutoff_sweep import percolation_table, sweep
from tests.receptor_sample import receptors, table

pytestmark = pytest.mark.statistical

N_DATA_SETS, N_RECEPTORS = 200, 150
PIPELINE = {"chain": "vdj", "distance": "hamming", "cutoff": 1}
RESIDUES = np.array(list("AGSTP"))


def junctions(rng):
    """Junctions of three V genes; each position has one of five residues, so that some are close by chance."""
    v = rng.integers(0, 3, N_RECEPTORS)
    aa = np.array([f"CASS{''.join(rng.choice(RESIDUES, 7))}EQF".encode() for _ in v])
    return shuffle_within_strata(aa, v, v * 0, rng=rng).aa, v


def with_families(aa, rng, *, n_families=3, n_members=10):
    """The same with families in which one residue differs from that of the first receptor."""
    changed = aa.copy()
    for family in range(n_families):
        seed = aa[family * n_members].decode()
        for i in range(family * n_members + 1, (family + 1) * n_members):
            place = int(rng.integers(4, 11))
            changed[i] = f"{seed[:place]}{rng.choice(RESIDUES)}{seed[place + 1 :]}".encode()
    return changed


def row(aa, v, rng, *, n_donors, entropy):
    """What the table of an audit says at one exchanged residue; donors are drawn, or every receptor has its own."""
    donors = np.arange(aa.size) if n_donors is None else rng.integers(0, n_donors, aa.size)
    chains = receptors(aa.astype(str).tolist(), v=[f"TRBV{code + 5}-1*01" for code in v])
    data = unique_receptors(table(chains, donor=[f"d{i}" for i in donors]))[0]
    judged = Judged("none", np.full(data.n_obs, -1, dtype=np.int32), (), own=True)
    executor = Executor(slots_of(data), entropy, MemoryStore(), Engine("serial", listener=silent))
    request = Request(data, judged, entropy, receptor_multiverse(data, wishes=Wishes({"distance": ["hamming"]})))
    return percolation_table(request, executor, sweep(request, executor, PIPELINE)[:1]).iloc[0]


@pytest.mark.parametrize("n_donors", [None, 4])
def test_background_data_have_no_excess(n_donors, record):
    """Junctions shuffled within V, J and length, 200 data sets: p is at most 0.05 in a twentieth, and 3 sd at most.

    With few donors some receptors are equal within one, which data count once and backgrounds do not: p is then larger,
    never smaller.
    """
    rng = np.random.default_rng(401)
    rows = [row(*junctions(rng), rng, n_donors=n_donors, entropy=i) for i in range(N_DATA_SETS)]
    small = sum(each["p_background"] <= 0.05 for each in rows)
    excess = np.array([each["excess"] for each in rows])
    figures = {
        "n_data_sets": N_DATA_SETS,
        "share_p_below_0.05": small / N_DATA_SETS,
        "mean_excess": excess.mean(),
        "standard_error": excess.std() / np.sqrt(N_DATA_SETS),
        "mean_retention": float(np.mean([each["retention"] for each in rows])),
    }
    name = f"receptor_excess_null_{'own' if n_donors is None else n_donors}_donors"
    record(name, claim="background data exceed their backgrounds as often as chance", seed=401, figures=figures)
    assert small <= 0.05 * N_DATA_SETS + 3 * np.sqrt(N_DATA_SETS * 0.05 * 0.95)
    assert excess.mean() < 4 * figures["standard_error"]
    assert figures["mean_retention"] > 0.05


def test_planted_groups_have_an_excess(record):
    """Three families of 10 among 150: the excess is positive in every data set, and above chance in nine of ten."""
    rng = np.random.default_rng(402)
    rows = []
    for i in range(40):
        aa, v = junctions(rng)
        rows.append(row(with_families(aa, rng), v, rng, n_donors=None, entropy=i))
    figures = {
        "least_excess": min(each["excess"] for each in rows),
        "mean_excess": float(np.mean([each["excess"] for each in rows])),
        "share_p_below_0.05": float(np.mean([each["p_background"] <= 0.05 for each in rows])),
        "mean_links_ratio": float(np.mean([each["links_ratio"] for each in rows])),
    }
    record("receptor_excess_planted", claim="planted families exceed their background", seed=402, figures=figures)
    assert figures["least_excess"] > 0
    assert figures["share_p_below_0.05"] >= 0.9
