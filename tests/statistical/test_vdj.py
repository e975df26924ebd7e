"""Recombined chains have the law of olga's: V, D, J, deletions, insertions, their nucleotides, lengths, log Pgen.

Every locus has one two-sample test per statistic: chi-square on counts (rare values are one class), Kolmogorov-Smirnov
on log10 Pgen. The smallest P value is compared with `ALPHA` divided by their number (Bonferroni), so that a right
sampler is rejected in at most one of 1,000 runs of all ten loci: every model that olga ships.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import pgen, recombination_model, recombine
from rashomon.sim.vdj.choice import drawable
from tests import olga_model

ALPHA = 1e-3 / 10
SEED = 20_260_101
# productive chains of olga, five times as many of ours, and how many of each have their Pgen computed
LOCI = {
    ("human", "TRA"): (60_000, 500),
    ("human", "TRB"): (60_000, 300),
    ("human", "IGH"): (30_000, 30),
    ("human", "IGK"): (60_000, 500),
    ("human", "IGL"): (60_000, 500),
    ("mouse", "TRA"): (60_000, 800),
    ("mouse", "TRB"): (60_000, 400),
    ("mouse", "IGH"): (30_000, 30),
    ("mouse", "IGK"): (60_000, 500),
    ("mouse", "IGL"): (60_000, 500),
}


def backwards(model):
    """The second insertion read from the wrong side: its chain run in reverse."""
    start, step = model.start_2_p, model.step_2_p
    return {"step_2_p": (start[:, None] * step).T / start[:, None]}


def flatter(table, share=0.05):
    """A table mixed with a share of the uniform law on the values that it has."""
    some = table > 0
    return np.where(some, (1 - share) * table + share / np.maximum(some.sum(axis=-1, keepdims=True), 1), 0)


WRONG = {
    "the second insertion is read from the wrong side": backwards,
    "V is 5 % uniform": lambda model: {"genes_p": flatter(model.genes_p)},
    "deletions of V are 5 % uniform": lambda model: {"v_deletion_p": flatter(model.v_deletion_p)},
    "palindromes are off by one": lambda model: {"v_palindrome": model.v_palindrome - 1},
    "the first insertion is 5 % uniform": lambda model: {"insertion_1_p": flatter(model.insertion_1_p)},
}


@pytest.mark.statistical
@pytest.mark.parametrize(("species", "locus"), LOCI)
def test_chains_have_the_law_of_olgas(species, locus, record):
    """No statistic of productive chains tells ours from olga's; one false alarm in 10,000 runs of a locus."""
    n, n_pgen = LOCI[species, locus]
    model, (_, genomic) = recombination_model(species, locus), olga_model.load(species, locus)
    every, n_drawn = olga_model.draw(species, locus, n, SEED % 2**31)
    # alleles without deletions, which olga deletes to the end and which are not drawn here: see `drawable`
    able = np.all([known[every[part]] for known, part in zip(drawable(model), "vj", strict=True)], axis=0)
    theirs = {name: values[able] for name, values in every.items()}
    chains = recombine(model, stream_key(SEED, "statistical", locus), np.arange(5 * n))
    values = olga_model.compare(olga_model.columns(chains), theirs, genomic=genomic)
    rejected = np.array([[len(chains), n], [int(chains.attempts.sum()) - len(chains), n_drawn - n]]).T
    values["share of productive events"] = olga_model.chi_square(rejected)
    ours, olgas = (pgen(model, words[:n_pgen]) for words in (chains.junction_aa, theirs["junction_aa"]))
    values["log10 Pgen"] = float(stats.ks_2samp(ours, olgas).pvalue)
    record(
        f"vdj_{species}_{locus}",
        claim=f"Of {len(values)} two-sample tests none rejects at {ALPHA:g} in all (Bonferroni).",
        seed=SEED,
        figures={
            "n_ours": len(chains),
            "n_olga": n,
            "left_out_of_olga": int((~able).sum()),
            "n_pgen": n_pgen,
            "p_values": {name: round(value, 5) for name, value in values.items()},
            "share_productive_ours": round(1 / float(chains.attempts.mean()), 4),
            "share_productive_olga": round(n / n_drawn, 4),
            "median_log10_pgen": [round(float(np.median(each)), 2) for each in (ours, olgas)],
        },
    )
    assert min(values.values()) > ALPHA / len(values), values


@pytest.mark.statistical
def test_small_errors_of_the_sampler_are_noticed(record):
    """The same tests reject five samplers of human TRB with one small error each."""
    model, (_, genomic) = recombination_model("human", "TRB"), olga_model.load("human", "TRB")
    theirs, _ = olga_model.draw("human", "TRB", 60_000, SEED % 2**31)
    figures = {}
    for name, error in WRONG.items():
        chains = recombine(replace(model, **error(model)), stream_key(SEED, "wrong"), np.arange(120_000))
        values = olga_model.compare(olga_model.columns(chains), theirs, genomic=genomic)
        found = min(values, key=values.get)
        figures[name] = {"noticed by": found, "p": float(f"{values[found]:.2g}")}
    record("vdj_errors", claim="Each error is rejected at 1e-6.", seed=SEED, figures=figures)
    assert all(figure["p"] < 1e-6 for figure in figures.values()), figures
