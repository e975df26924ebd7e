"""Recombination models as olga itself loads and draws them: what our parser, tables and draws are compared with."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
import olga
from olga import load_model, sequence_generation
from scipy import stats

FOLDERS = {"TRA": "T_alpha", "TRB": "T_beta", "IGH": "B_heavy", "IGK": "B_kappa", "IGL": "B_lambda"}
COLUMNS = ("V", "D", "J", "delV", "delDl", "delDr", "delJ", "insVD", "insDJ", "insVJ")


@lru_cache(maxsize=10)
def load(species, locus):
    """Olga's generative model and genomic data."""
    home = f"{Path(olga.__file__).parent}/default_models/{species}_{FOLDERS[locus]}/"
    kind = "VDJ" if locus in {"TRB", "IGH"} else "VJ"
    genomic, generative = getattr(load_model, f"GenomicData{kind}")(), getattr(load_model, f"GenerativeModel{kind}")()
    with warnings.catch_warnings():
        # files stay open, and entropies take the logarithm of 0
        warnings.simplefilter("ignore")
        anchors = home + "V_gene_CDR3_anchors.csv", home + "J_gene_CDR3_anchors.csv"
        genomic.load_igor_genomic_data(home + "model_params.txt", *anchors)
        generative.load_and_process_igor_model(home + "model_marginals.txt")
    return generative, genomic


def draw(species, locus, n, seed):
    """`n` productive chains of olga with their events, column by column, named as ours; and how many it drew."""
    generative, genomic = load(species, locus)
    kind = "VDJ" if locus in {"TRB", "IGH"} else "VJ"
    maker = getattr(sequence_generation, f"SequenceGeneration{kind}")(generative, genomic)
    events = []
    choose = maker.choose_random_recomb_events
    maker.choose_random_recomb_events = lambda: events.append(choose()) or events[-1]
    rows, before = [], np.random.get_state()  # noqa: NPY002 - olga draws from the global generator
    np.random.seed(seed)  # noqa: NPY002, TID251
    for _ in range(n):
        made = maker.gen_rnd_prod_CDR3()
        rows.append((*made[:2], *(events[-1].get(name, 0) for name in COLUMNS)))
    np.random.set_state(before)  # noqa: NPY002
    nt, aa, v, d, j, v_del, d_5, d_3, j_del, vd, dj, vj = (np.array(column) for column in zip(*rows, strict=True))
    if kind == "VJ":
        d, vd = np.full(n, -1), vj
    else:
        d_5, d_3 = d_5 - genomic.max_delDl_palindrome, d_3 - genomic.max_delDr_palindrome
    found = {
        "v": v, "d": d, "j": j, "v_deletion": v_del - genomic.max_delV_palindrome, "d_deletion_5": d_5,
        "d_deletion_3": d_3, "j_deletion": j_del - genomic.max_delJ_palindrome, "insertion_1": vd, "insertion_2": dj,
        "junction": nt.astype(bytes), "junction_aa": aa.astype(bytes),
    }  # fmt: skip
    return found, len(events)


def columns(chains):
    """Our chains as `draw` gives olga's."""
    names = ("v", "d", "j", "v_deletion", "d_deletion_5", "d_deletion_3", "j_deletion", "insertion_1", "insertion_2")
    return {name: getattr(chains, name) for name in (*names, "junction", "junction_aa")}


def same_law(a, b, *, rare=10):
    """P value of the chi-square test that two samples of integers have one law; rare values are one class."""
    values, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    counts = np.array([np.bincount(part, minlength=values.size) for part in (codes[: len(a)], codes[len(a) :])])
    return chi_square(counts, rare=rare)


def chi_square(counts, *, rare=10):
    """P value of a table of two rows; classes with fewer than `rare` are put together."""
    common = counts.sum(axis=0) >= 2 * rare
    table = np.column_stack([counts[:, common], counts[:, ~common].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    return 1.0 if table.shape[1] < 2 else float(stats.chi2_contingency(table).pvalue)


def fits(counts, probabilities, *, rare=10):
    """P value of the chi-square test that counts have a known law; nothing may be counted where it is 0."""
    assert counts[probabilities == 0].sum() == 0
    expected = probabilities / probabilities.sum() * counts.sum()
    common = expected >= rare
    observed = np.append(counts[common], counts[~common].sum())
    hoped = np.append(expected[common], expected[~common].sum())
    if hoped[-1] < rare:
        observed, hoped = np.append(observed[:-2], observed[-2:].sum()), np.append(hoped[:-2], hoped[-2:].sum())
    return 1.0 if hoped.size < 2 else float(stats.chisquare(observed, hoped).pvalue)


def inserted_pairs(sample, sizes, which):
    """Codes 0 to 15 of the pairs of neighbours within insertions, 5' to 3'."""
    v_size, d_size = sizes
    begin = v_size[sample["v"]] - sample["v_deletion"]
    if which == 2:
        begin = begin + sample["insertion_1"] + d_size[sample["d"]] - sample["d_deletion_5"] - sample["d_deletion_3"]
    length = sample[f"insertion_{which}"]
    found = []
    for row, (at, n) in enumerate(zip(begin, length, strict=True)):
        letters = np.frombuffer(bytes(sample["junction"][row]), np.uint8)[at : at + n]
        code = np.searchsorted(np.frombuffer(b"ACGT", np.uint8), letters)
        found.append(4 * code[:-1] + code[1:])
    return np.concatenate(found)


def compare(ours, theirs, *, genomic):
    """P values of the two-sample tests of everything an event has, by name."""
    tests = {name: same_law(ours[name], theirs[name]) for name in ours if not name.startswith("junction")}
    n_j = int(max(ours["j"].max(), theirs["j"].max())) + 1
    tests["v and j"] = same_law(ours["v"] * np.int64(n_j) + ours["j"], theirs["v"] * np.int64(n_j) + theirs["j"])
    tests["length"] = same_law(np.char.str_len(ours["junction_aa"]), np.char.str_len(theirs["junction_aa"]))
    v_size = np.array([len(each[1]) for each in genomic.genV])
    d_size = np.array([len(each[1]) for each in getattr(genomic, "genD", None) or [["", ""]]])
    for which in (1, 2) if (theirs["d"] >= 0).any() else (1,):
        pairs = [inserted_pairs(sample, (v_size, d_size), which) for sample in (ours, theirs)]
        tests[f"nucleotides of insertion {which}"] = same_law(*pairs)
    return tests
