"""A small data set with three planted groups, and its audits, each made once per process."""

import atexit
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask import Judged, Request
from rashomon.core import silent
from rashomon.dataset import Dataset, Expression, Roles, Truth
from rashomon.engine import DirectoryStore, Engine
from rashomon.multiverse import Choice, Multiverse, Option
from rashomon.partitions import Partitions
from rashomon.study import AuditOptions, audit

SIZES = (40, 32, 24)
N_OBS, N_VARS, N_DONORS = sum(SIZES), 150, 4
N_REPLICATES = 4
NAMES = ("A", "B", "C")

SERIAL = Engine("serial", listener=silent)


@cache
def groups():
    """The planted group of each cell."""
    return np.random.default_rng(0).permutation(np.repeat(np.arange(3), SIZES)).astype(np.int32)


@cache
def counts():
    """Negative binomial counts: each group has twenty genes that it expresses five times as much."""
    rng = np.random.default_rng(1)
    profiles = np.tile(np.exp(rng.normal(0, 0.8, N_VARS)), (3, 1))
    for group in range(3):
        profiles[group, 20 * group : 20 * (group + 1)] *= 5
    means = profiles[groups()] * np.exp(rng.normal(0, 0.3, (N_OBS, 1)))
    return sp.csr_matrix(rng.poisson(rng.gamma(2, means / 2)).astype(np.float32))


def donors():
    """The donor of each cell; independent of the groups."""
    return np.arange(N_OBS, dtype=np.int32) % N_DONORS


def shuffled(*, seed=7):
    """The planted labels on other cells."""
    return np.random.default_rng(seed).permutation(groups())


def truth(name="type", codes=None, *, kind="biological", derived_from="external", categories=NAMES):
    """A truth; the planted groups by default."""
    return Truth(name, kind, groups() if codes is None else codes, categories, derived_from)


def donor_role(codes=None, *, n=N_DONORS):
    """The donors as a technical column."""
    codes = donors() if codes is None else codes
    return Truth("donor", "technical", codes, tuple(f"d{i}" for i in range(n)), "external")


def dataset(*, kind="counts", expression=True, views=None, truths=None, roles=None):
    """The planted data set; every part can be replaced."""
    x = counts() if kind == "counts" else counts().log1p()
    genes = np.array([f"g{j}" for j in range(N_VARS)])
    truths = [truth()] if truths is None else truths
    return Dataset(
        pd.DataFrame(index=[f"c{i}" for i in range(N_OBS)]),
        Expression(x, genes, kind) if expression else None,
        views=views or {},
        truths={each.name: each for each in truths},
        roles=Roles(donor=donor_role()) if roles is None else roles,
        source="planted",
    )


def blank(n_obs=1000, n_vars=5000, *, kind="counts"):
    """A data set of any size without a value in it, for planning."""
    genes = np.array([f"g{j}" for j in range(n_vars)])
    expression = Expression(sp.csr_matrix((n_obs, n_vars), dtype=np.float32), genes, kind)
    return Dataset(pd.DataFrame(index=[f"c{i}" for i in range(n_obs)]), expression, source="blank")


SYMBOLS = ("TRAV1-2", "TRBC1", "IGHM", "MT-CO1", "XIST")


def technical(codes, *, name="batch"):
    """A technical column."""
    codes = np.asarray(codes, dtype=np.int32)
    return Truth(name, "technical", codes, tuple(f"{name}{i}" for i in range(codes.max() + 1)), "external")


def with_batches(n_obs=1000, *, codes=None, condition=None, donor=None, **more):
    """A blank data set with three batches, three receptor genes, a mitochondrial one and one of the sexes."""
    data = blank(n_obs, **more)
    names = data.expression.var_names.astype(object)
    names[: len(SYMBOLS)] = SYMBOLS
    roles = Roles(
        batch=technical(np.arange(n_obs) % 3 if codes is None else codes),
        condition=None if condition is None else technical(condition, name="condition"),
        donor=None if donor is None else technical(donor, name="donor"),
    )
    return replace(data, expression=replace(data.expression, var_names=names.astype(str)), roles=roles)


def judged(codes=None, *, name="mine"):
    """Labels on trial; the planted groups by default."""
    codes = groups() if codes is None else codes
    return Judged(name, codes, tuple(str(code) for code in range(int(codes.max()) + 1)), own=True)


def adata():
    """The planted data set as a user holds it."""
    obs = pd.DataFrame(
        {
            "type": pd.Categorical(np.array(NAMES)[groups()]),
            "mine": pd.Categorical(groups().astype(str)),
            "donor": [f"d{i}" for i in donors()],
            "coin": np.random.default_rng(3).choice(["heads", "tails"], N_OBS),
        },
        index=[f"c{i}" for i in range(N_OBS)],
    )
    return ad.AnnData(counts().copy(), obs=obs, var=pd.DataFrame(index=[f"g{j}" for j in range(N_VARS)]))


@cache
def store_path():
    """The folder in which the records of all planted audits are kept; gone with the process."""
    scratch = tempfile.TemporaryDirectory(prefix="planted-")
    atexit.register(scratch.cleanup)
    return Path(scratch.name) / "records"


def options(**changed):
    """Options of a small audit in this process, with records kept for the next one."""
    defaults = {
        "n_replicates": N_REPLICATES,
        "engine": SERIAL,
        "store": DirectoryStore(store_path()),
        "rng": 0,
    }
    return AuditOptions(**{**defaults, **changed})


def judged_request():
    """A request about the planted labels alone."""
    return Request(dataset(expression=False), judged(), entropy=0)


@cache
def planted_audit():
    """The audit of the planted labels."""
    return audit(dataset(), judged(), options=options())


@cache
def shuffled_audit():
    """The audit of the same labels on other cells."""
    return audit(dataset(), judged(shuffled()), options=options())


def toy_multiverse():
    """Two normalisations, one of which can be scaled; graph at two resolutions, or exploratory means; two seeds."""
    graph = {"clusterer": ("leiden",)}
    return Multiverse(
        (
            Choice("norm", (Option("log", ""), Option("residuals", ""))),
            Choice("scale", (Option("clip", ""), Option("none", "")), within={"norm": ("log",)}),
            Choice("clusterer", (Option("leiden", ""), Option("kmeans", "", equivalence="exploratory"))),
            Choice("n_neighbours", (Option(15, ""),), within=graph),
            Choice("resolution", (Option(1.0, ""), Option(0.5, "")), within=graph, granularity=True),
            Choice("seed", (Option(0, ""), Option(1, "")), replicate=True),
        )
    )


def toy_parts(label, *, multiverse=None, fails=lambda pipeline: False):
    """The labels `label(pipeline)` of every pipeline, as a finished multiverse holds them."""
    multiverse = multiverse or toy_multiverse()
    facts = [
        {
            "run": f"run{i}",
            "perturbation": "none",
            "replicate": 0,
            "pipeline": multiverse.name(pipeline),
            "branch": multiverse.branch(pipeline),
            **{choice.name: pipeline.get(choice.name) for choice in multiverse.choices},
            "view": "view",
        }
        for i, pipeline in enumerate(multiverse)
    ]
    columns = [np.full(N_OBS, -2) if fails(pipeline) else label(pipeline) for pipeline in multiverse]
    return _parts(columns, facts)


def toy_resamples(label, *, perturbations=("seed", "halves"), n=4, resolutions=(1.0, 0.5)):
    """The labels `label(perturbation, replicate, resolution)` of every repeat; half-samples hold half of the cells."""
    columns, facts = [], []
    for perturbation in perturbations:
        for replicate in range(n):
            for resolution in resolutions:
                codes = np.array(label(perturbation, replicate, resolution))
                if perturbation == "halves":
                    order = np.random.default_rng(replicate // 2).permutation(N_OBS)
                    codes[order[replicate % 2 :: 2]] = -2
                columns.append(codes)
                facts.append(
                    {
                        "run": f"{perturbation}{replicate}-{resolution}",
                        "perturbation": perturbation,
                        "replicate": replicate,
                        "resolution": resolution,
                    }
                )
    return _parts(columns, facts)


def _parts(columns, facts):
    labels = np.stack(columns, axis=1)
    counted = [{"n_clusters": np.unique(column[column >= 0]).size} for column in columns]
    status = [{"status": "ok" if (column > -2).any() else "failed", "reason": ""} for column in columns]
    table = pd.DataFrame([{**fact, **n, **ended} for fact, n, ended in zip(facts, counted, status, strict=True)])
    return Partitions(labels, np.array([f"c{i}" for i in range(N_OBS)]), table)


def noise(codes, share, *, seed):
    """The labels with a share of the cells moved to another group at random."""
    rng = np.random.default_rng(seed)
    moved = rng.random(codes.size) < share
    return np.where(moved, rng.integers(0, int(codes.max()) + 1, codes.size), codes).astype(np.int32)
