"""A finished audit written by hand: small tables with every kind of verdict, for tests of figures and reports."""

import json
from dataclasses import asdict

import numpy as np
import pandas as pd

from rashomon.ask import TRIPWIRES, Answer, Assumption, Interval, Judged, StandIn, trip
from rashomon.core import RowLog
from rashomon.dataset import Ceiling, Dataset, Truth, WorldFacts
from rashomon.engine import Estimate
from rashomon.multiverse import Choice, Multiverse, Option
from rashomon.partitions import Partitions
from rashomon.study import Audit
from rashomon.study.ceiling import against_ceilings

NAMES = ("CD4 T", "CD14 monocyte", "B", "CD8 T", "NK", "FCGR3A monocyte", "dendritic", "platelet")
VERDICTS = (
    ("comes back", ""),
    ("comes back", ""),
    ("comes back", ""),
    ("splits", "into 2 parts"),
    ("merges", "with 3 (90 % CD8 T)"),
    ("only under", "normalise = Pearson residuals"),
    ("does not come back", "(found in 35 % of half-samples of cells)"),
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
RUNGS = ("seed", "thinning", "halves", "donor_block", "settings")
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
    return pd.DataFrame(rows, columns=["cluster", "rung", "n", "recovered", "jaccard", "low", "high"]).assign(
        decides=True
    )


def clusters(n=len(NAMES)):
    """One row per judged cluster."""
    kinds = [VERDICTS[i % len(VERDICTS)] for i in range(n)]
    table = pd.DataFrame(
        {
            "cluster": [str(i) for i in range(n)],
            "name": [f"{i} ({93 - i % 40} % {NAMES[i % len(NAMES)]})" for i in range(n)],
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
        (
            "site",
            "technical",
            False,
            1,
            2638,
            nan,
            nan,
            nan,
            nan,
            nan,
            nan,
            nan,
            "undefined",
            "the truth has one class",
        ),
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


def answers(table, hostile=""):
    """Answers to the three questions; `hostile` is planted in every text."""
    over = f"200 half-samples of cells, labels fixed{hostile}"
    return {
        "stability": Answer(
            "stability",
            "mixed",
            f"3 of {len(table)} clusters come back{hostile}",
            f"Exceptions: 3 (90 % CD8 T) splits into 2 parts.{hostile}",
            evidence=f"found again in 91 % of the repeats under seed, 71 % of the pipelines{hostile}",
            next_step=f"Settings varied: normalise, n_genes; see the table for the worst setting of each.{hostile}",
            estimate=0.87,
            interval=Interval(0.84, 0.9, over),
            table=table,
            assumptions=(
                Assumption(
                    f"the closest pipeline stands in for the unknown one{hostile}", "untested", f"AMI 0.83{hostile}"
                ),
                Assumption("the same would not happen in a population without groups", "untested", "no null was run"),
            ),
        ),
        "truths": Answer(
            "truths",
            "answered",
            f"the clusters follow cell_type{hostile}",
            f"Adjusted mutual information with cell_type is 0.78 (0.75 to 0.81; 0.00 for shuffled labels).{hostile}",
            evidence="0.78, interval 0.75 to 0.81",
            next_step="Name the clusters by cell_type, and look at the cells that disagree.",
            estimate=0.78,
            interval=Interval(0.75, 0.81, over),
            table=truths(),
            assumptions=(Assumption("labels are independent of the matrix", "violated", f"phase{hostile}"),),
        ),
        "choices": Answer(
            "choices",
            "answered",
            f"normalise matters most{hostile}",
            "Of the spread in agreement with leiden, normalise explains 38 % (35 to 42 %).",
            next_step="State normalise in the methods, and show the result at its other levels.",
            estimate=0.38,
            interval=Interval(0.35, 0.42, over),
            table=shares(),
            assumptions=(Assumption("preprocessing does not matter", "violated", "range 0.31"),),
        ),
    }


def multiverse(hostile=""):
    """The choices behind `curve`."""
    leiden, kmeans = {"clusterer": ("leiden",)}, {"clusterer": ("kmeans",)}
    return Multiverse(
        (
            Choice(
                "normalise",
                (
                    Option("log1p CP10k", f"the field's default{hostile}", "Luecken & Theis 2019"),
                    Option("log1p PF", "the pseudo-count fits the data"),
                    Option("Pearson residuals", "no pseudo-count", "Lause 2021"),
                ),
            ),
            Choice("n_genes", (Option(2000, "variable genes"), Option(1000, "variable genes"))),
            Choice(
                "scale",
                (
                    Option("clip 10", "every gene has the same weight"),
                    Option("none", "variable genes keep their weight"),
                ),
                within={"normalise": ("log1p CP10k", "log1p PF")},
            ),
            Choice("n_pcs", (Option(50, "signal"), Option(20, "less noise"))),
            Choice("clusterer", (Option("leiden", "the field's default"), Option("kmeans", "no graph"))),
            Choice("n_neighbours", (Option(15, "local graph"),), within=leiden),
            Choice("resolution", (Option(1.0, ""), Option(0.5, ""), Option(1.5, "")), within=leiden, granularity=True),
            Choice("k", (Option(8, ""), Option(5, ""), Option(12, "")), within=kmeans, granularity=True),
            Choice("seed", (Option(0, ""), Option(1, "")), replicate=True),
        )
    )


def markers(hostile=""):
    """Markers of the first two clusters, tested on held-out counts."""
    rows = [(0, "CD3D"), (0, "IL7R"), (1, "LYZ")]
    table = pd.DataFrame(rows, columns=["cluster", "gene"])
    return table.assign(gene=table["gene"] + hostile, auroc=0.9, q=0.001, held_out=True, kept_pipelines=1.0)


def marked(n, hostile=""):
    """One row per cluster: two with markers of held-out counts, one with circular ones, none in the others."""
    genes = ["CD3D, IL7R", "LYZ", "MS4A1", *[""] * n][:n]
    table = pd.DataFrame({"cluster": range(n), "n_markers": [len(text.split()) for text in genes]})
    reasons = ["", "", "circular: tested on the counts that made the labels", *["no gene marks it"] * n][:n]
    return table.assign(
        genes=[text + hostile for text in genes],
        held_out=[i != 2 for i in range(n)],
        n_splits=[0 if i == 2 else 3 for i in range(n)],
        reason=[text + hostile for text in reasons],
    )


def tripwires(hostile=""):
    """What every trip-wire saw: two fired, one of them in cells."""
    table = trip(Dataset(pd.DataFrame(index=["SECRET-CELL-1"])))
    fired = {"foreign_species": "SECRET-CELL-1, SECRET-CELL-2", "one_donor": f"3{hostile}"}
    for name, concerned in fired.items():
        mine = table["tripwire"] == name
        table.loc[mine, ["status", "said", "concerned"]] = ["fired", f"12 cells, see /home/ada/x{hostile}", concerned]
        table.loc[mine, "next_step"] = TRIPWIRES[name].next_step
    return table.sort_values("status", kind="stable", ignore_index=True)


def runs(failed=0, hostile=""):
    """One row per run; the last `failed` of them have failed."""
    full = curve()[["run", *CHOICES, "seed"]].assign(perturbation="none", replicate=0)
    again = pd.DataFrame({"run": [f"again{i}" for i in range(60)], "perturbation": ["halves"] * 40 + ["seed"] * 20})
    table = pd.concat([full, again], ignore_index=True).assign(status="ok", reason="")
    table["pipeline"] = "normalise=log1p CP10k | n_genes=2000"
    if failed:
        table.loc[table.index[-failed:], "status"] = "failed"
        table.loc[table.index[-failed:], "reason"] = f"MemoryError in /home/ada/secret/run.npy{hostile}"
    return table


def world(hostile=""):
    """The record of a world with every part; `hostile` is planted in every text, but for the digest."""
    names = {name: f"{name}{hostile}" for name in ("type", "batch", "depth", "counts")}
    levels = {"type": "cell", "batch": f"batch{hostile}", "depth": "cell", "counts": "entry"}
    nodes = [
        {"name": names[name], "level": level, "summary": f"what {name} is{hostile}", "intervened": name == "batch"}
        for name, level in levels.items()
    ]
    edges = [[names[name], names["counts"]] for name in ("type", "batch", "depth")]
    return WorldFacts(
        f"two types{hostile}",
        "0123456789abcdef" * 4,
        f"987654{hostile}",
        {f"numpy{hostile}": f"2.0.0{hostile}"},
        {"knobs": {f"n_groups{hostile}": 2, "depth": 2000.0, "file": f"/home/ada/secret/w.json{hostile}"}, "do": {}},
        {"nodes": nodes, "edges": [*edges, [names["type"], names["depth"]]]},
        f"assisted oracle{hostile}",
        (
            Ceiling(f"cell_type{hostile}", "ami", 0.93, 0.004, 0.01, f"arg-max posterior{hostile}"),
            Ceiling(f"gate{hostile}", "ari", 0.5, 0.01, 0.0, "arg-max posterior"),
        ),
        (f"oracle_json{hostile}",) if hostile else (),
    )


def world_entry(**changed):
    """What a simulated file holds in ``uns["rashomon"]["world"]``: the record of `world` as text by name."""
    facts = world()
    ceilings = [{**asdict(ceiling), "n_obs": None} for ceiling in facts.ceilings]
    entry = {
        "mark": "simulated, not measured",
        "name": facts.name,
        "digest": facts.digest,
        "seed": facts.seed,
        "versions_json": json.dumps(facts.versions),
        "call_json": json.dumps(facts.call),
        "graph_json": json.dumps(facts.graph),
        "oracle": facts.oracle,
        "ceiling_json": json.dumps(ceilings),
    }
    return {name: value for name, value in {**entry, **changed}.items() if value is not None}


def audit(*, n_clusters=len(NAMES), n_obs=240, hostile="", failed=0, labels_only=False, simulated=False):
    """A finished audit.

    `hostile` is appended to every text that comes from a user, a file or a failure; `simulated` data say so.
    """
    xy, codes, stability = cells(n_obs, n_clusters)
    names = tuple(f"{i}{hostile}" for i in range(n_clusters))
    types = tuple(f"{name}{hostile}" for name in NAMES)
    truth = Truth(f"cell_type{hostile}", "annotation", codes % len(NAMES), types, "external")
    gate = Truth(f"gate{hostile}", "annotation", codes % 2, (f"CD3{hostile}", f"CD19{hostile}"), "protein")
    table = clusters(n_clusters)
    table = table.assign(
        cluster=names,
        name=[f"{name} (93 % {types[i % len(types)]})" for i, name in enumerate(names)],
        verdict=table["verdict"] + hostile,
        action=table["action"] + hostile,
        worst_setting=table["worst_setting"] + hostile,
    )
    log = RowLog(n_obs + 3).drop(f"filter{hostile}", f"no counts{hostile}", ["SECRET-CELL-1", "SECRET-CELL-2", "x"])
    # a world has a ceiling for all of its cells, and nothing to say about a part
    log = RowLog(n_obs) if simulated else log
    not_run = pd.DataFrame([("perturbation", "donors", f"no donor column was declared{hostile}")])
    matrix, found = truth_matrix(), truths()
    for frame in (matrix, found):
        frame["truth"] += hostile
    found["reason"] += hostile
    tables = {
        "clusters": table,
        "rungs": rungs(n_clusters),
        "settings": pd.DataFrame(
            {"cluster": [0], "choice": ["scale"], "level": [f"none{hostile}"], "recovered": [0.5]}
        ),
        "truths": found,
        "truth_matrix": matrix,
        "shares": shares(),
        "curve": curve(),
        "scores": pd.DataFrame(
            {"run": [f"leiden{hostile}"], "truth": [f"cell_type{hostile}"], "score": ["ami"], "value": [0.78]}
        ),
        "markers": markers(hostile),
        "marked": marked(n_clusters, hostile),
        "tripwires": tripwires(hostile),
        "runs": runs(failed, hostile),
        "not_run": not_run.set_axis(["choice", "level", "because"], axis=1),
    }
    said = answers(table, hostile)
    index = pd.Index([f"SECRET-CELL-{i}" for i in range(n_obs)])
    per_cell = pd.DataFrame({"label": [names[c] for c in codes], "stability": stability, "verdict": ""}, index=index)
    common = {
        "dataset": Dataset(
            pd.DataFrame(index=index),
            truths={truth.name: truth, gate.name: gate},
            rows=log.note(f"X was sorted, from /home/ada/secret/in.h5ad{hostile}"),
            source=f"pbmc3k.h5ad{hostile}",
            world=world(hostile) if simulated else None,
        ),
        "judged": Judged(f"leiden{hostile}", codes, names, own=True),
        "spec": {
            "labels": f"leiden{hostile}",
            "path": "/home/ada/secret/in.h5ad",
            "rng": 12345,
            "truths": {"a": [hostile]},
        },
        "environment": {"rashomon": "0.1.0", "numpy": "2.0.0"},
        "seconds": 41.2,
    }
    tables |= against_ceilings(common["dataset"], common["judged"].name, tables["scores"])
    if labels_only:
        empty = {name: pd.DataFrame() for name in tables if name not in ("truths", "scores", "ceilings")}
        unknown = Answer(
            "", "not applicable", "cannot tell", "The labels alone cannot be re-made.", next_step="Give a file."
        )
        return Audit(
            answers={**said, "stability": unknown, "choices": unknown},
            tables={**tables, **empty},
            cells=per_cell.assign(stability=np.nan),
            **common,
        )
    labels = np.zeros((n_obs, 1), dtype=np.int32)
    return Audit(
        answers=said,
        tables=tables,
        cells=per_cell,
        partitions=Partitions(labels, index.to_numpy(dtype=str), pd.DataFrame({"run": ["one"]})),
        multiverse=multiverse(hostile),
        standin=StandIn(MARKED, "normalise=log1p CP10k | n_genes=2000", 0.83, declared=False),
        estimate=Estimate(240, 0, {"leiden": 240}, 25.0),
        view=(xy, "X_umap"),
        **common,
    )
