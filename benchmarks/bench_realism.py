"""How real simulated cells look: fitted on one half of the cells of real data, judged on the other half."""

from __future__ import annotations

import json
import math
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import scipy.sparse as sp
from result import Benchmark, command
from simulator import fit_splat, independent_genes, sample_splat

from rashomon.core import child, publish_text
from rashomon.pl import house_style
from rashomon.pl.realism import realism as figure
from rashomon.sim.realism import SUMMARIES, Cells, Comparison, classifier_auc, compare_simulators

DATA = "RASHOMON_TEST_DATA"
"""Environment variable with the folder of real data."""

VARIABLE = "RASHOMON_SCDESIGNER_PYTHON"
"""Environment variable with the Python that has scDesigner."""

LIMIT = 900
"""Seconds that scDesigner may take for a data set."""

MIN_CELLS = 3
"""Cells in which a gene must be detected to take part."""


@dataclass(frozen=True)
class Source:
    """A real data set: its file below the folder of data, the columns of its types and of its batches."""

    name: str
    path: str
    types: str
    batches: str | None = None


SOURCES = (
    Source("pbmc3k", "pbmc3k/pbmc3k_counts.h5ad", "seurat_cell_type"),
    Source("sc_mixology", "sc_mixology_3cl/sc_mixology_3cl.h5ad", "cell_line_demuxlet", "protocol"),
    Source("kang_ifnb", "kang_ifnb/kang_ifnb.h5ad", "marker_gate_circular", "stim"),
)

Simulator = Callable[[ad.AnnData, Source, np.random.Generator], Cells]
"""From half of the cells to as many simulated ones, with their groups and batches where the simulator knows them."""


def twin(half: ad.AnnData, source: Source, rng: np.random.Generator) -> Cells:
    """Return cells of our twin, fitted with types and batches."""
    from rashomon.sim.twin import fit

    made = fit(half, source.types, batch_key=source.batches, rng=rng).sample(half.n_obs, rng=rng)
    columns = ("type", "batch" if source.batches else "")
    labels = (_codes(made.obs[name]) if name in made.obs else None for name in columns)
    return Cells(made.counts, made.var.index.to_numpy(dtype=str), *labels)


def genes_alone(half: ad.AnnData, source: Source, rng: np.random.Generator) -> Cells:
    """Return cells of independent negative binomial genes, one population."""
    del source
    return Cells(independent_genes(half.X, rng=rng)[0])


def genes_by_type(half: ad.AnnData, source: Source, rng: np.random.Generator) -> Cells:
    """Return cells of independent negative binomial genes within the types."""
    counts, groups = independent_genes(half.X, groups=_codes(half.obs[source.types]), rng=rng)
    return Cells(counts, None, groups)


def splat(half: ad.AnnData, source: Source, rng: np.random.Generator) -> Cells:
    """Return cells of the Splat model with as many groups as types."""
    model = fit_splat(half.X, groups=_codes(half.obs[source.types]))
    counts, groups = sample_splat(model, half.n_obs, rng=rng)
    return Cells(counts, None, groups)


SIMULATORS: dict[str, Simulator] = {
    "twin": twin,
    "independent genes": genes_alone,
    "independent genes by type": genes_by_type,
    "splat": splat,
}
"""Simulators that run in this process, by name."""

PEER = "scdesigner"
"""Name of the simulator that runs in another Python."""


@dataclass(frozen=True)
class Cost:
    """What it took to simulate cells: seconds, and in another process its peak memory in MiB."""

    seconds: float
    peak: float | None = None
    note: str = ""


def scdesigner(half: ad.AnnData, source: Source, rng: np.random.Generator) -> tuple[Cells | None, Cost]:
    """Return cells of scDesigner, or None with the reason in the note."""
    python = os.environ.get(VARIABLE)
    if not python:
        return None, Cost(math.nan, note=f"not run: set {VARIABLE}")
    columns = [name for name in (source.types, source.batches) if name]
    with tempfile.TemporaryDirectory() as name:
        given, made = Path(name, "half.h5ad"), Path(name, "made.npz")
        ad.AnnData(half.X, obs=half.obs[columns].astype(str), var=half.var[[]]).write_h5ad(given)
        script = Path(__file__).with_name("peer_scdesigner.py")
        asked = [python, str(script), str(given), str(made), "--seed", str(rng.integers(2**31)), "--labels", *columns]
        begun = time.perf_counter()
        try:
            run = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return None, Cost(time.perf_counter() - begun, note=f"not run: stopped after {LIMIT} seconds")
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", "") or str(error)
            return None, Cost(time.perf_counter() - begun, note=f"not run: {said.strip().splitlines()[-1]}")
        seconds = time.perf_counter() - begun
        with np.load(made) as parts:
            counts = sp.csr_matrix((parts["data"], parts["indices"], parts["indptr"]), shape=parts["shape"])
            rows = parts["rows"]
    facts = json.loads(run.stdout)
    labels = [_codes(half.obs[name])[rows] for name in columns]
    peak = facts.pop("peak_mib")
    return Cells(counts, half.var_names.to_numpy(dtype=str), *labels), Cost(seconds, peak, _listed(facts))


def _listed(facts: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def _codes(labels: pd.Series) -> np.ndarray:
    return pd.factorize(labels, sort=True)[0]


def halves(source: Source, folder: Path, *, rng: np.random.Generator) -> tuple[ad.AnnData, ad.AnnData]:
    """Return the half that is fitted and the half that judges, without unlabelled cells, spike-ins and rare genes."""
    table = ad.read_h5ad(folder / source.path)
    table = table[table.obs[source.types].notna()]
    detected = np.asarray((table.X > 0).sum(axis=0)).ravel() >= MIN_CELLS
    table = table[:, detected & ~table.var_names.str.startswith("ERCC-")]
    order = rng.permutation(table.n_obs)
    fitted, judging = np.array_split(order, 2)
    return table[np.sort(fitted)].copy(), table[np.sort(judging)].copy()


def simulate(fitted: ad.AnnData, source: Source, *, seed: int) -> tuple[dict[str, Cells], dict[str, Cost]]:
    """Return the cells of every simulator that ran, and the cost of all."""
    made, costs = {}, {}
    for name, simulator in SIMULATORS.items():
        begun = time.perf_counter()
        made[name] = simulator(fitted, source, child(seed, source.name, name))
        costs[name] = Cost(time.perf_counter() - begun)
    cells, costs[PEER] = scdesigner(fitted, source, child(seed, source.name, PEER))
    if cells is None:
        print(f"  {source.name}: NO COMPARISON WITH {PEER}: {costs[PEER].note}")
    else:
        made[PEER] = cells
    return made, costs


def compare(bench: Benchmark, source: Source, folder: Path, *, seed: int) -> Comparison:
    """Fit every simulator on one half, judge all on the other, and add what was found to the benchmark."""
    fitted, judging = halves(source, folder, rng=child(seed, source.name, "halves"))
    made, costs = simulate(fitted, source, seed=seed)
    begun = time.perf_counter()
    found = compare_simulators(
        judging, made, fitted=fitted, groups_key=source.types, batch_key=source.batches, rng=child(seed, source.name)
    )
    spent = time.perf_counter() - begun
    for row in found.ranking.itertuples():
        said = f"mean rank {row.mean_rank:.2f}, {row.wins} of {row.n_summaries} won, AUC {row.auc:.3f}"
        cost = costs.pop(row.simulator)
        note = f"{said}, nearest {row.nearest_ratio:.2f}, copies {row.n_copies:.0f}"
        note += f"; {cost.note}" if cost.note else ""
        bench.add(f"{source.name}: {row.simulator}", [cost.seconds], peak=cost.peak, note=note)
    for name, cost in costs.items():
        bench.add(f"{source.name}: {name}", [cost.seconds], note=cost.note)
    size = f"{len(judging)} cells, {judging.n_vars} genes"
    said = f"{size}; the twin loses {', '.join(losses(found))}{against_scdesigner(found)}"
    bench.add(f"{source.name}: comparison", [spent], note=said)
    _hold_to_account(bench, source, found)
    real = classifier_auc(judging, fitted, rng=child(seed, source.name, "real"))
    bench.check(f"{source.name}: AUC between real halves, 0.45 to 0.55", f"{real.value:.3f}", passed=_even(real.value))
    return found


def _hold_to_account(bench: Benchmark, source: Source, found: Comparison) -> None:
    """Check that the twin wins most summaries and the AUC against those written here; scDesigner is reported."""
    values, auc = _values(found), found.ranking.set_index("simulator")["auc"]
    peers = [name for name in values.columns if name not in {"twin", PEER}]
    wins = int((values["twin"] <= values[peers].min(axis=1)).sum())
    what = f"{source.name}: the twin wins most summaries against those written here"
    bench.check(what, f"{wins} of {len(values)}", passed=wins > len(values) / 2)
    best = f"{auc['twin']:.3f}, next {auc[peers].min():.3f}"
    bench.check(f"{source.name}: the twin has the best AUC of these", best, passed=bool(auc["twin"] < auc[peers].min()))


def against_scdesigner(found: Comparison) -> str:
    """Return how the twin and scDesigner compare, two by two; the empty text where it was not run."""
    values, auc = _values(found), found.ranking.set_index("simulator")["auc"]
    if PEER not in values:
        return ""
    nearer = int((values["twin"] <= values[PEER]).sum())
    said = f"the twin is nearer than scdesigner in {nearer} of {len(values)} summaries"
    return f"; {said}, AUC {auc['twin']:.3f} against {auc[PEER]:.3f}"


def _values(found: Comparison) -> pd.DataFrame:
    """Return the ranked distance of each summary, by simulator."""
    ranked = found.table[found.table["rank"].notna()]
    return ranked.pivot_table(index="summary", columns="simulator", values="value").dropna()


def losses(found: Comparison) -> list[str]:
    """Return the summaries in which another simulator is nearer to the real cells than the twin."""
    values = _values(found)
    return list(values.index[values["twin"] > values.min(axis=1)])


def _even(area: float) -> bool:
    return abs(area - 0.5) <= 0.05


def draw(found: Comparison, source: Source, folder: Path) -> None:
    """Write one figure per simulator."""
    names = {name: record.display for name, record in SUMMARIES.items()}
    for simulator, report in found.reports.items():
        path = folder / f"realism_{source.name}_{simulator.replace(' ', '_')}.png"
        with house_style():
            figure(report.summaries, report.table, names=names, title=f"{source.name}: {simulator}", save=path)


def main() -> None:
    """Fit, judge, print and write."""
    parser = command(__doc__)
    parser.add_argument("--data", nargs="*", choices=[source.name for source in SOURCES], help="default: all")
    parser.add_argument("--figures", type=Path, help="folder for a figure per simulator and data set; default: none")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    folder = os.environ.get(DATA)
    if folder is None:
        print(f"NOT RUN: {DATA} is not set, and without real data there is nothing to compare with")
        return
    sources = [source for source in SOURCES if not arguments.data or source.name in arguments.data]
    parameters = {
        "data": [source.name for source in sources],
        "simulators": [*SIMULATORS, PEER],
    }
    title = "Seconds to fit and draw; in the notes ranks over summaries, AUC (0.5 is best) and nearness to fitted cells"
    bench = Benchmark("realism", title, parameters, arguments.seed, ["scikit-learn"])
    tables, rankings = [], []
    for source in sources:
        found = compare(bench, source, Path(folder), seed=arguments.seed)
        tables.append(found.table.assign(data=source.name))
        rankings.append(found.ranking.assign(data=source.name))
        if arguments.figures:
            draw(found, source, arguments.figures)
    for name, parts in (("distances", tables), ("ranking", rankings)):
        text = pd.concat(parts, ignore_index=True).to_csv(index=False, float_format="%.5g")
        publish_text(arguments.output / f"realism_{name}.csv", text)
    bench.finish(arguments.output)


if __name__ == "__main__":
    main()
