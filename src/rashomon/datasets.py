"""Real data that come with the package, by name; each file is checked against its digest when it is loaded."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from rashomon.core import Registry, StoreError, UsageError, did_you_mean, digest_file
from rashomon.io import read_adata

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = [
    "AIRR_EXAMPLES",
    "DATASETS",
    "Source",
    "airr_example",
    "ards",
    "ards_airr",
    "blood_trb",
    "dash_mouse",
    "load",
    "path",
    "pbmc68k_reduced",
    "sc_mixology",
    "wu2020",
    "wu2020_airr",
]

_SUMS = "SHA256SUMS"


def _read_table(file: Path) -> pd.DataFrame:
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8-sig")
    lines = text.splitlines(keepends=True)
    # BD Rhapsody writes a preamble of comments
    n_comments = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    separator = "," if file.name.removesuffix(".gz").endswith(".csv") else "\t"
    body = io.StringIO("".join(lines[n_comments:]))
    return pd.read_csv(body, sep=separator, dtype=str, keep_default_na=False, na_filter=False)


@dataclass(frozen=True)
class Source:
    """A data set that comes with the package.

    Parameters
    ----------
    name
        The name users type.
    file
        Path below the folder of fixtures.
    kind
        ``expression``: loaded as AnnData. ``receptors``: loaded as a table of text, empty text where missing.
    summary
        What it is, in one line.
    citation
        Where it comes from.
    licence
        Licence of the carrier; the notices are in the README beside the files.
    truths
        Label columns worth comparing, as ``NAME=KIND[:ORIGIN]``.
    roles
        Technical columns, as (role, column).
    labels
        Clustering worth judging.
    demo
        Whether ``rashomon demo`` audits it.
    """

    name: str
    file: str
    kind: Literal["expression", "receptors"]
    summary: str
    citation: str
    licence: str
    truths: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    labels: str | None = None
    demo: bool = False

    @property
    def reader(self) -> Callable[[Path], AnnData | pd.DataFrame]:
        """The function that reads the file."""
        return read_adata if self.kind == "expression" else _read_table


_SCIRPY = "test data of scirpy 0.22.5 (Sturm et al. 2020)"


def _example(file: str, summary: str) -> Source:
    name = file.partition(".")[0]
    return Source(name, f"airr_examples/{file}", "receptors", summary, _SCIRPY, "BSD-3-Clause")


_EXAMPLES = (
    _example("airr_rearrangement_tra.tsv", "AIRR Rearrangement TSV, T-cell receptor alpha"),
    _example("airr_rearrangement_trb.tsv", "AIRR Rearrangement TSV, T-cell receptor beta"),
    _example("airr_rearrangement_ig.tsv", "AIRR Rearrangement TSV, immunoglobulin"),
    _example("airr_tra_issue_280.tsv", "AIRR Rearrangement TSV from a bug report"),
    _example("airr_issue_625.tsv.gz", "AIRR Rearrangement TSV from a bug report, larger"),
    _example("10x_filtered_contig_annotations.csv", "10x contig annotations"),
    _example("10x_vdj_nextgem_hs_pbmc3_t_filtered_contig_annotations.csv.gz", "10x contig annotations, larger"),
    _example("bd_test_unfiltered_contigs.csv", "BD Rhapsody contigs, with a preamble of comments"),
    _example("bracer_changeodb.tab", "BraCeR output in Change-O columns"),
)

DATASETS: Registry[Source] = Registry(
    "data set",
    (
        Source(
            "sc_mixology",
            "sc_mixology_3cl.h5ad",
            "expression",
            "499 cells of three cell lines, two protocols, 49 doublets; counts of 4,500 genes; lines known by genotype",
            "Tian et al. 2019, Nature Methods 16:479",
            "MIT",
            ("cell_line_demuxlet=biological:external", "cell_line=annotation"),
            (("batch", "protocol"),),
            demo=True,
        ),
        Source(
            "pbmc68k_reduced",
            "pbmc68k_reduced.h5ad",
            "expression",
            "700 blood cells, 765 variable genes, log-normalised, no counts; two label columns that disagree",
            "Zheng et al. 2017, Nature Communications 8:14049",
            "BSD-3-Clause",
            ("bulk_labels=annotation:expression", "phase=annotation:expression"),
            labels="louvain",
            demo=True,
        ),
        Source(
            "ards",
            "ards_gex.h5ad",
            "expression",
            "500 T cells of four donors with ARDS, blood and lung; counts of 2,000 variable genes",
            "PMID 33622974, as packed by scRepertoire",
            "MIT",
            ("seurat_clusters=annotation:expression", "tissue=biological:external"),
            (("donor", "donor"), ("sample", "sample")),
        ),
        Source(
            "ards_airr",
            "ards_tcr_500cells.airr.tsv.gz",
            "receptors",
            "760 T-cell receptor chains of the cells of 'ards'",
            "PMID 33622974, as packed by scRepertoire",
            "MIT",
        ),
        Source(
            "wu2020",
            "wu2020_gex.h5ad",
            "expression",
            "150 T cells of 13 patients, tumour, normal tissue and blood; counts of 11,300 genes",
            "Wu et al. 2020, Nature 579:274",
            "BSD-3-Clause",
            ("cluster_orig=annotation:expression", "source=biological:external"),
            (("donor", "patient"), ("sample", "sample")),
        ),
        Source(
            "wu2020_airr",
            "wu2020_tcr.airr.tsv.gz",
            "receptors",
            "379 T-cell receptor chains of 150 cells, 100 of them in 'wu2020'",
            "Wu et al. 2020, Nature 579:274",
            "BSD-3-Clause",
        ),
        Source(
            "dash_mouse",
            "dash_mouse.tsv.gz",
            "receptors",
            "1,924 paired mouse T-cell receptor clones, 7 epitopes, 78 mice",
            "Dash et al. 2017, Nature 547:89",
            "MIT",
            ("epitope=biological:external",),
            (("donor", "subject"),),
        ),
        Source(
            "blood_trb",
            "blood_trb.tsv.gz",
            "receptors",
            "36,381 unselected human T-cell receptor beta chains from the blood of six controls, for backgrounds",
            "Nazarov et al., immunarch, data set immdata (controls)",
            "Apache-2.0",
            (),
            (("donor", "donor"),),
        ),
        *_EXAMPLES,
    ),
)
"""All data sets, by name."""

AIRR_EXAMPLES = tuple(source.name for source in _EXAMPLES)
"""Names of the small format examples."""


def path(name: str) -> Path:
    """Return the file of a data set, after comparing it with its digest.

    Parameters
    ----------
    name
        A name in `DATASETS`.

    Raises
    ------
    StoreError
        ``fixture.missing`` or ``fixture.changed``.
    UsageError
        When the name is unknown.
    """
    source, folder = DATASETS[name], _folder()
    file = folder / source.file
    lines = (folder / _SUMS).read_text(encoding="utf-8").splitlines()
    listed = {file_name: digest for digest, _, file_name in (line.partition("  ") for line in lines)}
    if not file.is_file() or source.file not in listed:
        raise StoreError(
            f"{source.file} is not installed", where=name, fix="install the package again", code="fixture.missing"
        )
    digest = digest_file(file)
    if digest != listed[source.file]:
        raise StoreError(
            f"{source.file} was changed: its sha256 is {digest[:12]}...",
            where=name,
            expected=f"{listed[source.file][:12]}...",
            fix="install the package again",
            code="fixture.changed",
        )
    return file


def load(name: str) -> AnnData | pd.DataFrame:
    """Load a data set by name: AnnData for expression, a table of text for receptors.

    Parameters
    ----------
    name
        A name in `DATASETS`; the functions of this module load the same data, with known types.

    Raises
    ------
    StoreError
        When the file is absent or was changed.
    UsageError
        When the name is unknown.

    Examples
    --------
    >>> load("dash_mouse").shape
    (1924, 12)
    """
    return DATASETS[name].reader(path(name))


def sc_mixology() -> AnnData:
    """Load a mixture of three cell lines, sequenced with two protocols; the lines are known by genotype (counts)."""
    return read_adata(path("sc_mixology"))


def pbmc68k_reduced() -> AnnData:
    """Load 700 blood cells with two label columns that disagree (log-normalised, no counts)."""
    return read_adata(path("pbmc68k_reduced"))


def ards() -> AnnData:
    """Load 500 T cells from blood and lung of four donors (counts)."""
    return read_adata(path("ards"))


def ards_airr() -> pd.DataFrame:
    """Load the receptor chains of the cells of `ards`, one row per chain, all columns as text."""
    return _read_table(path("ards_airr"))


def wu2020() -> AnnData:
    """Load 150 T cells of 13 patients from tumour, normal tissue and blood (counts)."""
    return read_adata(path("wu2020"))


def wu2020_airr() -> pd.DataFrame:
    """Load the receptor chains of 150 cells, 100 of them in `wu2020`, one row per chain, all columns as text."""
    return _read_table(path("wu2020_airr"))


def dash_mouse() -> pd.DataFrame:
    """Load paired mouse T-cell receptors with known epitopes, one row per clone, all columns as text."""
    return _read_table(path("dash_mouse"))


def blood_trb() -> pd.DataFrame:
    """Load unselected beta chains from the blood of six controls, unique per donor, all columns as text."""
    return _read_table(path("blood_trb"))


def airr_example(name: str) -> pd.DataFrame:
    """Load a small example of a receptor format, all columns as text.

    Parameters
    ----------
    name
        A name in `AIRR_EXAMPLES`.

    Raises
    ------
    UsageError
        When there is no such example.
    """
    if name not in AIRR_EXAMPLES:
        raise UsageError(f"unknown example {name!r}", where="rashomon.datasets", fix=did_you_mean(name, AIRR_EXAMPLES))
    return _read_table(path(name))


def _folder() -> Path:
    here = Path(__file__).resolve()
    # in a wheel beside this module, in a source checkout in the folder of the data
    installed, checkout = here.parent / "fixtures", here.parents[2] / "data" / "fixtures"
    for folder in (installed, checkout):
        if (folder / _SUMS).is_file():
            return folder
    raise StoreError(
        "the example data are not installed",
        where="rashomon.datasets",
        fix="install the package again",
        code="fixture.missing",
    )
