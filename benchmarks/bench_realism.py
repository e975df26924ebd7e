"""How real simulated cells look: fitted on one half of the cells of real data, judged on the other half."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
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


def copula(half: ad.AnnData, source: Source, rng: np.random.Generator) -> Cells:
    """Return cells of scDesigner: negative binomial margins by type and depth, Gaussian copula."""
    import torch
    from scdesigner.simulators import NegBinCopula

    torch.manual_seed(int(rng.integers(2**31)))
    depth = np.asarray(half.X.sum(axis=1)).ravel()
    obs = pd.DataFrame(
        {"kind": half.obs[source.types].astype(str).to_numpy(), "log_depth": np.log(depth)}, index=half.obs_names
    )
    model = NegBinCopula("~ kind + log_depth", "~ 1", "~ 1")
    model.fit(ad.AnnData(half.X, obs=obs, var=half.var[[]]))
    return Cells(sp.csr_matrix(model.sample().X), None, _codes(half.obs[source.types]))


SIMULATORS: dict[str, tuple[Simulator, str]] = {
    "twin": (twin, "rashomon.sim.twin"),
    "independent genes": (genes_alone, "numpy"),
    "independent genes by type": (genes_by_type, "numpy"),
    "splat": (splat, "scipy"),
    "scDesigner": (copula, "scdesigner"),
}
"""Simulators by name, with the module that each needs."""


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


def absent(module: str) -> str:
    """Return why a module cannot be imported, or empty text when it can."""
    try:
        import_module(module)
    except ImportError as error:
        return str(error)
    return ""


def compare(bench: Benchmark, source: Source, folder: Path, names: list[str], *, seed: int) -> Comparison:
    """Fit every simulator on one half, judge all on the other, and add what was found to the benchmark."""
    fitted, judging = halves(source, folder, rng=child(seed, source.name, "halves"))
    made, seconds = {}, {}
    for name in names:
        begun = time.perf_counter()
        made[name] = SIMULATORS[name][0](fitted, source, child(seed, source.name, name))
        seconds[name] = time.perf_counter() - begun
    begun = time.perf_counter()
    found = compare_simulators(
        judging, made, fitted=fitted, groups_key=source.types, batch_key=source.batches, rng=child(seed, source.name)
    )
    spent = time.perf_counter() - begun
    for row in found.ranking.itertuples():
        said = f"mean rank {row.mean_rank:.2f}, {row.wins} of {row.n_summaries} won, AUC {row.auc:.3f}"
        note = f"{said}, nearest {row.nearest_ratio:.2f}, copies {row.n_copies:.0f}"
        bench.add(f"{source.name}: {row.simulator}", [seconds[row.simulator]], note=note)
    size = f"{len(judging)} cells, {judging.n_vars} genes"
    bench.add(f"{source.name}: comparison", [spent], note=f"{size}; the twin loses {', '.join(losses(found))}")
    _hold_to_account(bench, source, found)
    real = classifier_auc(judging, fitted, rng=child(seed, source.name, "real"))
    bench.check(f"{source.name}: AUC between real halves, 0.45 to 0.55", f"{real.value:.3f}", passed=_even(real.value))
    return found


def _hold_to_account(bench: Benchmark, source: Source, found: Comparison) -> None:
    """Check that the twin wins most summaries, and that of all simulators it is the hardest to tell from real cells."""
    row = found.ranking.set_index("simulator").loc["twin"]
    won = f"{row.wins:.0f} of {row.n_summaries:.0f}"
    bench.check(f"{source.name}: the twin wins most summaries", won, passed=bool(row.wins > row.n_summaries / 2))
    best = bool(row.auc_rank == 1)
    bench.check(f"{source.name}: the twin has the best AUC", f"{row.auc:.3f}", passed=best)


def losses(found: Comparison) -> list[str]:
    """Return the summaries in which another simulator is nearer to the real cells than the twin."""
    ranked = found.table[found.table["rank"].notna()]
    values = ranked.pivot_table(index="summary", columns="simulator", values="value").dropna()
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
    reasons = {name: absent(module) for name, (_, module) in SIMULATORS.items()}
    for name in filter(reasons.get, SIMULATORS):
        print(f"  {name}: not installed ({reasons[name]})")
    names = [name for name in SIMULATORS if not reasons[name]]
    sources = [source for source in SOURCES if not arguments.data or source.name in arguments.data]
    parameters = {
        "data": [source.name for source in sources],
        "simulators": names,
        "not installed": [name for name in SIMULATORS if reasons[name]],
    }
    title = "Seconds to fit and draw; in the notes ranks over summaries, AUC (0.5 is best) and nearness to fitted cells"
    bench = Benchmark("realism", title, parameters, arguments.seed, ["scikit-learn"])
    tables, rankings = [], []
    for source in sources:
        found = compare(bench, source, Path(folder), names, seed=arguments.seed)
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
