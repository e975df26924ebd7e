"""A finished audit of receptors written by hand, with every table that such audits have."""

from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.ask import Judged
from rashomon.ask.receptor.cluster import receptor_clusters
from tests import example_audit, planted_receptors

METRICS = {"hamming": (0, 1, 2, 3), "tcrdist": (0, 12, 24, 36, 48)}
TRUTHS = ("epitope", "v_gene", "donor")


def percolation(hostile=""):
    """One row per metric and cutoff."""
    rows = []
    for metric, cutoffs in METRICS.items():
        for cutoff in cutoffs:
            share = cutoff / cutoffs[-1]
            low, high = 0.6 * share**3, 0.05 + 0.7 * share**3
            middle = (low + high) / 2
            row = (f"{metric}{hostile}", cutoff, 0.05 + 0.9 * share**2, 0.02 + 0.9 * share**4, 90, middle, low, high)
            rows.append(row)
    columns = ["metric", "cutoff", "retention", "largest_share", "n_clusters"]
    columns += ["background_retention", "background_low", "background_high"]
    return pd.DataFrame(rows, columns=columns)


def curves(hostile=""):
    """One row per truth, metric and cutoff."""
    points = percolation(hostile)[["metric", "cutoff", "retention"]]
    return pd.concat(
        [
            points.assign(
                truth=f"{truth}{hostile}",
                purity=0.95 - (0.2 + 0.1 * place) * points["retention"],
                random_purity=0.5 - 0.2 * points["retention"],
            )
            for place, truth in enumerate(TRUTHS)
        ],
        ignore_index=True,
    )


def calibration():
    """One row per cutoff."""
    cutoff = np.arange(0, 49, 6)
    p, lr = 0.95 - 0.018 * cutoff, 1000 * np.exp(-0.12 * cutoff)
    return pd.DataFrame(
        {"cutoff": cutoff, "lr": lr, "lr_low": 0.6 * lr, "lr_high": 1.7 * lr, "p_same": p, "p_low": p - 0.05}
    ).assign(p_high=p + 0.05, background_rate=1e-6 * np.exp(0.15 * cutoff))


def conflict(hostile=""):
    """Two rows per pair of truths, one of which cannot be told."""
    rows = [
        ("epitope", "v_gene", "every setting", 780, 610, 0.31, 0.25, 0.37, ""),
        ("epitope", "v_gene", "best resolution", 66, 50, 0.2, 0.1, 0.3, ""),
        ("epitope", "donor", "every setting", 780, 500, 0.61, 0.55, 0.67, ""),
        ("epitope", "donor", "best resolution", 66, 5, np.nan, np.nan, np.nan, "5 of 66 pairs, 10 are needed"),
    ]
    columns = ["truth_a", "truth_b", "pipelines", "n_pairs", "n_resolved", "conflict", "low", "high", "reason"]
    table = pd.DataFrame(rows, columns=columns)
    for name in ("truth_a", "truth_b", "reason"):
        table[name] += hostile
    return table


def scores(hostile=""):
    """Retention and purity of one truth, shuffled among all and within strata."""
    rows = [
        ("retention", 0.31, np.nan, ""),
        ("purity", 0.84, 0.4, ""),
        ("purity", 0.84, 0.7, "V, J and length"),
    ]
    table = pd.DataFrame(rows, columns=["score", "value", "random_mean", "strata"])
    return table.assign(truth=f"epitope{hostile}", status="ok", reason=f"{hostile}", level="receptor")


def beyond(hostile=""):
    """One truth that is followed, and one that cannot be told."""
    rows = [("epitope", 0.21, 0.12, 0.3, ""), ("hla", np.nan, np.nan, np.nan, "too few labels")]
    table = pd.DataFrame(rows, columns=["truth", "value", "low", "high", "reason"])
    return table.assign(truth=table["truth"] + hostile, reason=table["reason"] + hostile)


def receptors(hostile="", *, n_clusters=8, seed=1):
    """Planted receptors in clusters: labelled, of one donor, of one V gene, and loose ones."""
    rng = np.random.default_rng(seed)
    table = planted_receptors.frame(3000, rng)
    changes = ({"epitope": "e1"}, {"donor": "d2", "copies": [40.0, 1.0, 1.0, 1.0, 1.0, 1.0]}, {"v": "TRBV7*01"}, {})
    rows = [planted_receptors.frame(6, rng).assign(cluster=i, **changes[i % 4]) for i in range(n_clusters)]
    table = pd.concat([table, *rows], ignore_index=True)
    for name in ("epitope", "donor", "batch"):
        table[name] += hostile
    return table


def audit(hostile="", *, n_clusters=8, without=()):
    """A finished audit of receptors; `hostile` is appended to every text that comes from a user or a file.

    Tables in `without` are empty.
    """
    table = receptors(hostile, n_clusters=n_clusters)
    data = replace(planted_receptors.dataset(table), source=f"vdjdb.tsv{hostile}")
    names = tuple(f"{i}{hostile}" for i in range(n_clusters))
    labels = Judged(f"clusters{hostile}", table["cluster"].to_numpy(dtype=np.int32), names, own=True)
    base = example_audit.audit(n_clusters=n_clusters, hostile=hostile)
    words = receptor_clusters(labels, data, distances=planted_receptors.linked(table))
    more = {
        "receptor_clusters": words,
        "receptor_scores": scores(hostile),
        "beyond": beyond(hostile),
        "percolation": percolation(hostile),
        "curves": curves(hostile),
        "calibration": calibration(),
        "conflict": conflict(hostile),
        "row_labels": pd.DataFrame({"row": ["SECRET-CELL-1"], "receptor": ["SECRET-CELL-2"]}),
    }
    clusters = base.clusters.assign(name=list(names), size=6)
    cells = pd.DataFrame({"label": "", "stability": np.nan, "verdict": ""}, index=data.obs.index)
    return replace(
        base,
        dataset=data,
        judged=labels,
        cells=cells,
        view=None,
        tables={**base.tables, "clusters": clusters, **more, **{name: pd.DataFrame() for name in without}},
    )
