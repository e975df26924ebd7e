"""A finished audit written by hand: small tables with every kind of verdict, for tests of figures and reports."""

import numpy as np
import pandas as pd

NAMES = ("CD4 T", "CD14 monocyte", "B", "CD8 T", "NK", "FCGR3A monocyte", "dendritic", "platelet")
VERDICTS = (
    ("comes back", ""),
    ("comes back", ""),
    ("comes back", ""),
    ("splits", "into 2 parts"),
    ("merges", "with 3: 81 % CD8 T"),
    ("only under", "normalise = Pearson residuals"),
    ("does not come back", "(under subsample: in 35 %)"),
    ("cannot tell", "(12 cells; 20 are needed)"),
)
ACTIONS = {
    "comes back": "keep it; check next which labels it follows",
    "splits": "look at what separates the parts before naming it",
    "merges": "treat them as one group, or name the marker",
    "only under": "report it only together with normalise = Pearson residuals, or look for what that setting changes",
    "does not come back": "do not build on it without other evidence",
    "cannot tell": "collect more cells, or merge it by hand",
}
RUNGS = ("seed", "thinning", "subsample", "donors", "settings")
OUTCOMES = ("agreement with leiden", "agreement with cell_type", "agreement with batch")


def rungs(n=len(NAMES), *, rng=None):
    """One row per cluster and rung."""
    rng = rng or np.random.default_rng(7)
    rows = []
    for cluster in range(n):
        base = 0.97 - 0.75 * (cluster / max(1, n - 1)) ** 1.5
        for step, rung in enumerate(RUNGS):
            mean = float(np.clip(base - 0.05 * step + rng.normal(0, 0.03), 0.02, 1))
            low, high = max(0.0, mean - 0.05 * (step + 1)), min(1.0, mean + 0.04 * (step + 1))
            recovered = float(np.clip(0.5 + 3 * (mean - 0.5), 0, 1))
            rows.append((cluster, rung, 24 if rung == "settings" else 20, recovered, mean, low, high))
    return pd.DataFrame(rows, columns=["cluster", "rung", "n", "recovered", "jaccard", "low", "high"])


def clusters(n=len(NAMES)):
    """One row per judged cluster."""
    kinds = [VERDICTS[i % len(VERDICTS)] for i in range(n)]
    table = pd.DataFrame(
        {
            "cluster": [str(i) for i in range(n)],
            "name": [f"{i}: {93 - i % 40} % {NAMES[i % len(NAMES)]}" for i in range(n)],
            "size": [max(12, 1100 // (i + 1)) for i in range(n)],
            "verdict": [f"{kind} {detail}".strip() for kind, detail in kinds],
            "class": [kind for kind, _ in kinds],
            "action": [ACTIONS[kind] for kind, _ in kinds],
        }
    )
    rates = rungs(n).pivot_table(index="cluster", columns="rung", values="recovered", sort=False)
    for rung in RUNGS:
        table[f"recovered: {rung}"] = rates[rung].to_numpy()
    return table.assign(worst_setting=[f"normalise = Pearson residuals ({(91 - 9 * i) % 100} %)" for i in range(n)])


def truths():
    """One row per truth: a good one, a circular one, a technical one, an undefined one."""
    columns = ["truth", "kind", "circular", "n_classes", "n_labelled", "ami", "ari", "low", "high"]
    columns += ["random_mean", "random_high", "attainable", "status", "reason"]
    nan = np.nan
    rows = [
        ("cell_type", "annotation", False, 8, 2600, 0.78, 0.7, 0.75, 0.81, 0.0, 0.004, 0.9, "ok", ""),
        ("protein_gate", "biological", False, 5, 2100, 0.66, 0.71, 0.62, 0.7, 0.0, 0.003, 0.72, "ok", ""),
        ("batch", "technical", False, 3, 2638, 0.04, 0.02, 0.03, 0.05, 0.0, 0.003, 0.11, "ok", ""),
        ("phase", "annotation", True, 3, 2638, 0.09, 0.05, 0.07, 0.11, 0.0, 0.002, 0.3, "ok", ""),
        ("site", "technical", False, 1, 2638, nan, nan, nan, nan, nan, nan, nan, "undefined", "the truth has one class"),
    ]
    return pd.DataFrame(rows, columns=columns)


def truth_matrix():
    """One row per truth and pipeline."""
    rng = np.random.default_rng(3)
    centres = {"cell_type": 0.72, "protein_gate": 0.6, "batch": 0.05, "phase": 0.1}
    rows = [
        (name, f"pipeline {i}", float(np.clip(centre + rng.normal(0, 0.05), -0.02, 1)))
        for name, centre in centres.items()
        for i in range(24)
    ]
    return pd.DataFrame(rows, columns=["truth", "pipeline", "value"])


def shares():
    """One row per outcome and source of variance."""
    sources = ("normalise", "n_genes", "scale", "n_pcs", "clusterer", "n_neighbours")
    sources += ("resolution", "k", "interactions", "seed (noise)")
    values = (0.38, 0.06, 0.12, -0.01, 0.09, 0.02, 0.2, 0.03, 0.09, 0.02)
    tables = [
        pd.DataFrame({"choice": sources, "share": values, "variance": np.array(values) * 0.01, "within": ""}).assign(
            low=np.array(values) - 0.03, high=np.array(values) + 0.04, outcome=outcome, spread=0.31
        )
        for outcome in OUTCOMES
    ]
    return pd.concat(tables, ignore_index=True)


CHOICES = ("normalise", "n_genes", "scale", "n_pcs", "clusterer", "n_neighbours", "resolution", "k")


def curve():
    """One row per run."""
    rng = np.random.default_rng(5)
    rows = []
    for normalise in ("log1p CP10k", "log1p PF", "Pearson residuals"):
        for scale in ("clip 10", "none") if normalise != "Pearson residuals" else (None,):
            for n_genes in (2000, 1000):
                for n_pcs in (50, 20):
                    settings = [("leiden", 15, r, None) for r in (1.0, 0.5, 1.5)]
                    settings += [("kmeans", None, None, k) for k in (8, 5, 12)]
                    for clusterer, n_neighbours, resolution, k in settings:
                        for seed in (0, 1):
                            value = 0.8 - 0.12 * (normalise == "Pearson residuals") - 0.05 * (scale == "none")
                            value += rng.normal(0, 0.02) - 0.06 * (clusterer == "kmeans")
                            rows.append(
                                (normalise, n_genes, scale, n_pcs, clusterer, n_neighbours, resolution, k, seed, value)
                            )
    table = pd.DataFrame(rows, columns=[*CHOICES, "seed", OUTCOMES[0]])
    table.insert(0, "run", [f"run{i:04d}" for i in range(len(table))])
    return table.assign(**{OUTCOMES[1]: table[OUTCOMES[0]] - 0.1, OUTCOMES[2]: 0.03})


MARKED = {
    "normalise": "log1p CP10k",
    "n_genes": 2000,
    "scale": "clip 10",
    "n_pcs": 50,
    "clusterer": "leiden",
    "n_neighbours": 15,
    "resolution": 1.0,
}


def cells(n=2638, n_clusters=len(NAMES)):
    """Coordinates, label codes and stability of cells in round islands."""
    rng = np.random.default_rng(11)
    codes = rng.integers(0, n_clusters, n)
    angle = 2 * np.pi * codes / n_clusters
    ring = (5 + (codes % 3) * 2.2)[:, None]
    xy = np.stack([np.cos(angle), np.sin(angle)], axis=1) * ring + rng.normal(0, 0.55, (n, 2))
    stability = np.clip(0.95 - 0.08 * codes + rng.normal(0, 0.06, n), 0, 1)
    stability[::40] = np.nan
    return xy, codes.astype(np.int32), stability
