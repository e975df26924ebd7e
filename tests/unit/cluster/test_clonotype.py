import itertools

import numpy as np
import pandas as pd
import pytest
from rapidfuzz.distance import Hamming, Levenshtein
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.clonotype import bcr_cutoff, define_clonotypes
from rashomon.cluster.clonotype_definition import CLONOTYPES, parse_definition
from rashomon.cluster.component import numbered
from rashomon.core import UsageError
from rashomon.dataset import GeneCalls, Receptors, locus_codes

DUALS = ["primary", "any", "drop"]
SLOTS = {"alpha": ["TRA"], "beta": ["TRB"], "both": ["TRA", "TRB"], "any": ["TRA", "TRB"]}


def receptors(table):
    """Chains from a table with the columns obs, locus, aa, nt, v, j and count."""
    v, j = (GeneCalls.from_texts(table[name]) for name in ("v", "j"))
    none = GeneCalls.from_texts([""] * len(table))
    return Receptors(
        obs=table["obs"].to_numpy(dtype=np.int64),
        locus=locus_codes(table["locus"].to_numpy(dtype=object)),
        junction_aa=table["aa"].to_numpy().astype("S"),
        junction=table["nt"].to_numpy().astype("S"),
        v=v, j=j, v_raw=v, j_raw=j, d=none, c=none,
        count=table["count"].to_numpy(dtype=float),
        productive=table.get("productive", pd.Series(1, table.index)).to_numpy(dtype=np.int8),
    )  # fmt: skip


def drawn(rng, n=60):
    """Rows with none to two alphas and betas, few distinct junctions, unresolved and absent calls."""
    rows = []
    for obs in range(n):
        for locus, letters in (("TRA", "AGN"), ("TRB", "SLT")):
            for _ in range(rng.choice([0, 1, 1, 1, 2])):
                aa = "C" + "".join(rng.choice(list(letters), rng.integers(2, 4))) + "F"
                nt = "".join({"F": "TTT"}.get(letter, f"{letter}{rng.integers(0, 2)}") for letter in aa)
                v = ",".join(
                    sorted(rng.choice([f"{locus}V{i}*01" for i in range(3)], rng.integers(0, 3), replace=False))
                )
                rows.append((obs, locus, aa, nt, v, f"{locus}J{rng.integers(0, 2)}*01", rng.random()))
    return pd.DataFrame(rows, columns=["obs", "locus", "aa", "nt", "v", "j", "count"])


def linked(a, b, rule):
    """Whether two chains are linked, by the words of the definition."""
    if rule.metric == "identity":
        near = a[rule.sequence] == b[rule.sequence]
    elif rule.metric == "hamming":
        near = len(a["aa"]) == len(b["aa"]) and Hamming.distance(a["aa"], b["aa"]) <= rule.cutoff
    else:
        near = Levenshtein.distance(a["aa"], b["aa"]) <= rule.cutoff
    same = [set(a[gene].split(",")) & set(b[gene].split(",")) - {""} for gene in "vj" if getattr(rule, f"same_{gene}")]
    return near and all(map(bool, same))


def expected(table, n, rule, donor, dual):
    """Clonotypes by looking at every pair of rows."""
    table = table.sort_values(["obs", "count"], ascending=[True, False], kind="stable")
    chains = {key: list(group.to_dict("records")) for key, group in table.groupby(["obs", "locus"])}
    needed = [gene for gene in "vj" if getattr(rule, f"same_{gene}")]
    held = {}
    for row, locus in itertools.product(range(n), SLOTS[rule.arm]):
        have = chains.get((row, locus), [])
        have = [] if donor[row] < 0 or (dual == "drop" and len(have) > 1) else have[: 2 if dual == "any" else 1]
        held[row, locus] = [chain for chain in have if all(chain[gene] for gene in needed)]
    combine = any if rule.arm == "any" else all
    links = np.zeros((n, n))
    for a, b in itertools.combinations(range(n), 2):
        arms = [any(linked(x, y, rule) for x in held[a, s] for y in held[b, s]) for s in SLOTS[rule.arm]]
        links[a, b] = donor[a] == donor[b] and combine(arms)
    labels = connected_components(csr_matrix(links), directed=False)[1]
    there = [combine(bool(held[row, locus]) for locus in SLOTS[rule.arm]) for row in range(n)]
    return numbered(np.where(there, labels, -1))


@pytest.mark.parametrize("dual", DUALS)
@pytest.mark.parametrize("name", [name for name in CLONOTYPES if not name.startswith("bcr")])
def test_equals_every_pair_looked_at(rng, name, dual):
    """Every definition, with unresolved, absent and dual chains and unknown donors, says what its words say."""
    table, donor = drawn(rng), rng.integers(-1, 3, 60)
    found = define_clonotypes(receptors(table), 60, name, donor=donor, dual=dual)
    assert found.tolist() == expected(table, 60, parse_definition(name), donor, dual).tolist()
    assert found.dtype == np.int32


@pytest.fixture(scope="module")
def wu():
    """The chains of 150 cells as a table, and as scirpy reads them."""
    return _cells("wu2020_airr", "duplicate_count")


@pytest.fixture(scope="module")
def ards():
    """The chains of 365 cells of four samples."""
    return _cells("ards_airr", "umi_count")


def _cells(name, count):
    import scirpy

    from rashomon import datasets

    raw = pd.read_csv(datasets.path(name), sep="\t", dtype=str, keep_default_na=False)
    # what scirpy does with ties, done beforehand: the larger junction first
    raw = raw.sort_values(["consensus_count", "junction"], key=_order, ascending=False, kind="stable")
    cells = pd.Index(raw["cell_id"].drop_duplicates().sort_values())
    table = pd.DataFrame({
        "obs": cells.get_indexer(raw["cell_id"]), "locus": raw["locus"], "aa": raw["junction_aa"],
        "nt": raw["junction"], "v": raw["v_call"], "j": raw["j_call"], "count": pd.to_numeric(raw[count]),
        "productive": (raw["productive"] == "T").astype(int),
    }).reset_index(drop=True)  # fmt: skip
    data = scirpy.io.read_airr(datasets.path(name))
    scirpy.pp.index_chains(data)
    data.obs["donor"] = [cell.split("_")[0] for cell in data.obs_names]
    return table, cells, data


def _order(column):
    return pd.to_numeric(column) if column.name == "consensus_count" else column


SHARED = [
    ("wu", "nt", "primary"),
    ("wu", "nt, both", "any"),
    ("wu", "aa+V+J, alpha", "any"),
    ("wu", "hamming<=1, any", "any"),
    ("ards", "nt, both", "primary"),
    ("ards", "nt, any", "any"),
    ("ards", "aa+V+J, both", "any"),
    ("ards", "hamming<=1+V", "any"),
    ("ards", "levenshtein<=1, both", "primary"),
]
"""Definitions that scirpy has too."""


# scirpy says so about itself and its libraries; it compiles, and casts, in its own kernels
@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")
@pytest.mark.filterwarnings("ignore:Graph.clusters:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:unsafe cast from uint64")
@pytest.mark.filterwarnings("ignore:Input has data type uint8:FutureWarning")
@pytest.mark.parametrize(("fixture", "name", "dual"), SHARED)
def test_equals_scirpy(request, fixture, name, dual):
    """On real cells the partition is that of scirpy for the same definition."""
    import scirpy

    table, cells, data = request.getfixturevalue(fixture)
    rule = parse_definition(name)
    donor = pd.factorize(np.array([cell.split("_")[0] for cell in cells]))[0]
    scirpy.pp.ir_dist(data, metric=rule.metric, sequence=rule.sequence, cutoff=rule.cutoff or None, n_jobs=1)
    theirs, _, _ = scirpy.tl.define_clonotype_clusters(
        data,
        sequence=rule.sequence,
        metric=rule.metric,
        receptor_arms={"alpha": "VJ", "beta": "VDJ", "both": "all", "any": "any"}[rule.arm],
        dual_ir="primary_only" if dual == "primary" else "any",
        same_v_gene=rule.same_v,
        same_j_gene=rule.same_j,
        within_group="donor",
        inplace=False,
    )
    theirs = theirs.reindex(cells)
    ours = define_clonotypes(receptors(table), len(cells), name, donor=donor, dual=dual)
    kept = ours >= 0
    assert theirs[kept].notna().all()
    if rule.arm != "both":
        assert theirs[~kept].isna().all()  # scirpy also groups cells that lack one of both arms among themselves
    assert kept.sum() > 60
    assert adjusted_rand_score(theirs[kept].astype(int), ours[kept]) == 1.0


def test_the_donor_is_part_of_every_key():
    """One receptor in two donors is two clonotypes under every definition; in an unknown donor it is none."""
    chains = itertools.product(range(4), ("TRA", "TRB"), ["CASF"], ["TGTGCCAGCTTT"], ["V1"], ["J1"], [1])
    table = pd.DataFrame(chains, columns=["obs", "locus", "aa", "nt", "v", "j", "count"])
    for name in CLONOTYPES:
        if not name.startswith("bcr"):
            found = define_clonotypes(receptors(table), 4, name, donor=np.array([0, 0, 1, -2]))
            assert found.tolist() == [0, 0, 1, -1]


def test_loci_do_not_mix():
    """A delta and a beta chain of the same residues are two clonotypes."""
    table = pd.DataFrame(
        {"obs": [0, 1], "locus": ["TRB", "TRD"], "aa": "CASF", "nt": "TGT", "v": "", "j": "", "count": 1}
    )
    assert define_clonotypes(receptors(table), 2, "aa", donor=np.zeros(2, dtype=int)).tolist() == [0, 1]


def test_unproductive_chains_are_left_out():
    """A row whose only chain is known not to be productive has no clonotype."""
    plain = {"locus": "TRB", "aa": "CASF", "nt": "TGT", "v": "", "j": "", "count": 1}
    table = pd.DataFrame({"obs": [0, 1], **plain, "productive": [0, -1]})
    assert define_clonotypes(receptors(table), 2, "aa", donor=np.zeros(2, dtype=int)).tolist() == [-1, 0]


def heavy(rng, n_clones=40, size=6, n_single=150, length=45):
    """Clones of heavy chains: members differ from the root in 3 % of the places, roots from each other in most."""
    rows, clone = [], np.append(np.repeat(np.arange(n_clones), size), n_clones + np.arange(n_single))
    roots = rng.integers(0, 4, (n_clones + n_single, length))
    for obs, root in enumerate(clone):
        letters = np.where(rng.random(length) < 0.03, rng.integers(0, 4, length), roots[root])
        rows.append((obs, "IGH", "CARW", "".join("ACGT"[i] for i in letters), f"IGHV{root % 4}*01", "IGHJ4*02", 1))
    return pd.DataFrame(rows, columns=["obs", "locus", "aa", "nt", "v", "j", "count"]), clone


@pytest.mark.parametrize("name", ["bcr", "bcr-valley"])
def test_planted_clones_of_b_cells_are_found(rng, name):
    """With few mutations and unrelated roots both rules find exactly the planted clones."""
    table, clone = heavy(rng)
    found = define_clonotypes(receptors(table), clone.size, name, donor=np.zeros(clone.size, dtype=int))
    assert adjusted_rand_score(clone, found) == 1.0
    cutoff, reason = bcr_cutoff(receptors(table), clone.size, donor=np.zeros(clone.size, dtype=int))
    assert reason == ""
    assert 0.15 < cutoff < 0.5


def test_rules_for_other_cells_are_refused(rng):
    """Levenshtein distance of amino acids for B cells, mutations for T cells, a valley where there is none."""
    table, clone = heavy(rng, n_clones=4, n_single=9)
    donor = np.zeros(clone.size, dtype=int)
    with pytest.raises(UsageError, match="levenshtein<=1 is no clone of B cells"):
        define_clonotypes(receptors(table), clone.size, "levenshtein<=1", donor=donor)
    with pytest.raises(UsageError, match=r"no valley to cut at: 3[0-3] distances are too few"):
        define_clonotypes(receptors(table), clone.size, "bcr-valley", donor=donor)
    with pytest.raises(UsageError, match="bcr is a rule for heavy chains; here are TRA, TRB"):
        define_clonotypes(receptors(drawn(rng)), 60, "bcr", donor=np.zeros(60, dtype=int))


def test_chains_of_b_cells_among_t_cells_are_left_out():
    """In T cells with an ambient heavy chain, Levenshtein distance speaks about the T cells."""
    plain = {"nt": "TGT", "v": "", "j": "", "count": 1}
    table = pd.DataFrame({"obs": range(3), "locus": ["TRB", "IGH", "TRB"], "aa": ["CASF", "CASF", "CAS*F"], **plain})
    chains, donor = receptors(table), np.zeros(3, dtype=int)
    assert define_clonotypes(chains, 3, "levenshtein<=1", donor=donor).tolist() == [0, -1, -1]
    assert define_clonotypes(chains, 3, "aa", donor=donor).tolist() == [0, 1, 2]


def test_refuses_wrong_arguments(rng):
    """An unknown treatment of dual chains, donors of other rows."""
    chains = receptors(drawn(rng))
    with pytest.raises(UsageError, match="unknown dual 'all'"):
        define_clonotypes(chains, 60, "aa", donor=np.zeros(60, dtype=int), dual="all")
    with pytest.raises(UsageError, match=r"donors have shape \(3,\)"):
        define_clonotypes(chains, 60, "aa", donor=np.zeros(3, dtype=int))
