"""Generation alone is no repertoire, selection brings it nearer, and shuffled marginals are something else."""

from functools import partial
from time import process_time

import numpy as np
import pandas as pd
import pytest

from rashomon.core import child
from rashomon.sim.repertoire_realism import Repertoire, compare, marginal_shuffle, recombination_sampler
from rashomon.sim.vdj import pgen, recombination_model, recombine

SEED, N, N_FOLDS = 611, 5_000, 3

POOLED = {"TRBV12-3": "TRBV12-4", "TRBV6-2": "TRBV6-3"}
"""Genes that the aligner of these data names by one of the two."""

ON_RESIDUES = ("length", "kmer", "middle", "internal_cysteine", "auc")


@pytest.fixture(scope="module")
def people(real_data):
    """Productive receptors of the six controls."""
    folder = real_data / "ms_bulk_trb"
    said = pd.read_csv(folder / "metadata.tsv.gz", sep="\t").set_index("repertoire_id")
    table = pd.read_csv(folder / "ms_bulk_trb.airr.tsv.gz", sep="\t", dtype={"productive": str}, low_memory=False)
    table = table[table["productive"] == "T"]
    groups = {name: rows for name, rows in table.groupby("repertoire_id") if said.loc[name, "status"] == "C"}
    return [
        Repertoire(*(rows[key].to_numpy() for key in ("junction_aa", "v_call", "j_call", "duplicate_count")), name)
        for name, rows in groups.items()
    ]


def selected(train, model, rng):
    """A sampler with a selection fitted to the people of a fold, or a loud skip."""
    selection = pytest.importorskip("rashomon.sim.selection", reason="selection is not there: Q is NOT compared")
    parts = [np.concatenate([getattr(one.distinct(), name) for one in train]) for name in ("junction_aa", "v", "j")]
    genes = [part.astype(str) for part in parts[1:]]
    fitted = selection.fit_selection(parts[0], *genes, model=model, rng=rng)
    return recombination_sampler(partial(selection.select, model, fitted))


def held_out(people, model):
    """Repertoires for each person by what was fitted to people of other folds: shuffled marginals, and selection."""
    shuffled, chosen = {}, {}
    for fold in range(N_FOLDS):
        train = [one for i, one in enumerate(people) if i % N_FOLDS != fold]
        sampler = selected(train, model, child(SEED, "fit", fold))
        for i in range(fold, len(people), N_FOLDS):
            shuffled[i] = marginal_shuffle(train, n=2 * N, rng=child(SEED, "shuffle", i))
            chosen[i] = sampler(N + N // 10, child(SEED, "select", i))
    return [shuffled[i] for i in range(len(people))], [chosen[i] for i in range(len(people))]


@pytest.mark.statistical
@pytest.mark.realdata
def test_candidates_against_held_out_people(people, record):
    """V(D)J with selection is nearer to held-out people than V(D)J alone in residues, length and by a classifier.

    Six controls, all fits on four others. Shuffled marginals have what they are made of (length, middle), and are told
    apart by what goes together: 3-mers, the genes of neighbours, the classifier. The seed is fixed.
    """
    model = recombination_model("human", "TRB")
    shuffled, chosen = held_out(people, model)
    candidates = {
        "vdj": recombination_sampler(partial(recombine, model)),
        "vdj and selection": chosen,
        "shuffled marginals": shuffled,
    }
    spent = []

    def log10_pgen(aa, v, j):
        # V and J free: a pooled name is no gene of the model
        started = process_time()
        found = pgen(model, aa)
        spent.append(process_time() - started)
        return found

    started = process_time()
    found = compare(people, candidates, n=N, genes=POOLED, log10_pgen=log10_pgen, n_pgen=100, rng=SEED)
    seconds = process_time() - started - sum(spent)
    curves = found.curves.groupby(["property", "candidate", "n"])["value"].mean().reset_index()
    record(
        "repertoire_realism",
        claim="selection brings V(D)J recombination nearer to held-out repertoires of people",
        seed=SEED,
        figures={
            "n": int(found.table["n"].iloc[0]),
            "people": [one.donor for one in people],
            "cpu_seconds_without_pgen": round(seconds, 1),
            "cpu_seconds_with_pgen": round(seconds + sum(spent), 1),
            "ranking": found.ranking.to_dict("records"),
            "table": found.table.astype(object).where(found.table.notna(), None).to_dict("records"),
            "mean_curves": curves.to_dict("records"),
        },
    )
    value = found.table.pivot_table(index="property", columns="candidate", values="value")
    assert seconds < 60
    for name in ON_RESIDUES:
        assert value.loc[name, "vdj and selection"] < value.loc[name, "vdj"]
    ratio = found.table.set_index(["candidate", "property"])["ratio"]
    assert ratio["vdj", "internal_cysteine"] > 20
    assert ratio["vdj and selection", "internal_cysteine"] < 5
    assert (
        value["shuffled marginals"]
        .loc[["kmer", "linked_genes", "auc"]]
        .gt(value["vdj and selection"].loc[["kmer", "linked_genes", "auc"]])
        .all()
    )


@pytest.mark.statistical
@pytest.mark.realdata
def test_people_are_as_far_from_people_as_they_are(people, record):
    """Three people as candidates for three others: every ratio is near 1, so nothing but people is measured.

    With three people each, ratios scatter, and pairs here are of one lane where the reference is across lanes: the
    median over properties is within a factor of 2 of 1, where generation alone has cysteines 50 times as far.
    """
    found = compare(people[::2], {"other people": people[1::2]}, n=N, genes=POOLED, rng=SEED)
    ratios = found.table.set_index("property")["ratio"].dropna()
    record("repertoire_realism_people", claim="ratios of people", seed=SEED, figures=ratios.round(3).to_dict())
    assert 0.5 < ratios.median() < 2
