"""Gene sets that may be kept from being chosen as variable genes, recognised by their symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rashomon.core import Registry, UsageError

__all__ = ["GENE_SETS", "GeneSet", "candidates", "flag_genes", "n_flagged"]


@dataclass(frozen=True)
class GeneSet:
    """A set of genes.

    Parameters
    ----------
    name
        The name users see, unique in the registry.
    bit
        Its place in the bit field of `flag_genes`, a power of 2 up to 128.
    pattern
        Regular expression that the whole symbol matches, in any case: human and mouse symbols differ by case only,
        unless the pattern says otherwise.
    summary
        One line for tables.
    citation
        Where the set comes from.
    """

    name: str
    bit: int
    pattern: str
    summary: str
    citation: str


_RECEPTOR = (
    r"TR[ABGD]V[\w./-]*"  # variable, with orphons and pseudogenes
    r"|TR[BD]D\d[\w.-]*"  # diversity; the digit keeps TRADD and TRDN out
    r"|TR[ABGD]J[\w.-]*"  # joining
    r"|TRAC|TRBC\d?|TRGC\d|TRDC"  # constant
    r"|TCRG-[VJC]\d+"  # mouse gamma, as MGI writes it
    r"|IG[HKL]V[\w./-]*"
    r"|IGHD\d[\w./-]*"
    r"|IG[HKL]J[\w.-]*"
    r"|IGHM|IGHD|IGHA\d?|IGHEP?\d?|IGHG(\d[A-C]?|P)?|IGKC|IGL(C\d|C|COR\d+[\w-]*)"  # not IGHMBP2, IGLON5, IGLL1
)

_RIBOSOMAL = r"RPL(\d+(A|L|AL)?\d?|P[0-2])|RPS(\d+(A|L|X|Y\d?)?|A)"  # cytoplasmic; not the kinases RPS6K*, nor MRPL*

_SEX = (
    "XIST TSIX RPS4Y1 RPS4Y2 DDX3Y EIF1AY EIF2S3Y KDM5D NLGN4Y TMSB4Y USP9Y UTY ZFY ZFY1 ZFY2"  # ZFY1/2, EIF2S3Y: mouse
)

_CYCLE = (
    "MCM5 PCNA TYMS FEN1 MCM2 MCM4 RRM1 UNG GINS2 MCM6 CDCA7 DTL PRIM1 UHRF1 MLF1IP CENPU HELLS RFC2 RPA2 NASP "
    "RAD51AP1 GMNN WDR76 SLBP CCNE2 UBR7 POLD3 MSH2 ATAD2 RAD51 RRM2 CDC45 CDC6 EXO1 TIPIN DSCC1 BLM CASP8AP2 USP1 "
    "CLSPN POLA1 CHAF1B BRIP1 E2F8 "
    "HMGB2 CDK1 NUSAP1 UBE2C BIRC5 TPX2 TOP2A NDC80 CKS2 NUF2 CKS1B MKI67 TMPO CENPF TACC3 FAM64A PIMREG SMC4 CCNB2 "
    "CKAP2L CKAP2 AURKB BUB1 KIF11 ANP32E TUBB4B GTSE1 KIF20B HJURP CDCA3 HN1 JPT1 CDC20 TTK CDC25C KIF2C RANGAP1 "
    "NCAPD2 DLGAP5 CDCA2 CDCA8 ECT2 KIF23 HMMR AURKA PSRC1 ANLN LBR CKAP5 CENPE CTCF NEK2 G2E3 GAS2L3 CBX5 CENPA"
)
"""Old and new symbols of the three genes that were renamed since: MLF1IP, FAM64A, HN1."""

GENE_SETS: Registry[GeneSet] = Registry(
    "gene set",
    [
        GeneSet(
            "receptor",
            1,
            _RECEPTOR,
            "Variable, diversity, joining and constant genes of T-cell receptors and immunoglobulins.",
            "Lefranc (2014), Frontiers in Immunology 5:22",
        ),
        GeneSet(
            "mitochondrial",
            2,
            r"MT-.+",
            "Genes of the mitochondrial genome.",
            "Ilicic et al. (2016), Genome Biology 17:29",
        ),
        GeneSet(
            "ribosomal",
            4,
            _RIBOSOMAL,
            "Proteins of the cytoplasmic ribosome.",
            "Ban et al. (2014), Current Opinion in Structural Biology 24:165",
        ),
        GeneSet(
            "sex",
            8,
            _SEX.replace(" ", "|"),
            "XIST, TSIX and widely expressed genes of the male-specific region of the Y chromosome.",
            "Skaletsky et al. (2003), Nature 423:825; Brown et al. (1992), Cell 71:527",
        ),
        GeneSet(
            "cell_cycle",
            16,
            _CYCLE.replace(" ", "|"),
            "Markers of S phase and of G2 and M phase.",
            "Tirosh et al. (2016), Science 352:189",
        ),
    ],
)
"""Every gene set that can be excluded."""


def flag_genes(var_names: Iterable[str]) -> np.ndarray:
    """Return, for each gene, the sets it belongs to.

    Genes are recognised by symbol. Identifiers such as ``ENSG00000277734`` match nothing: where `n_flagged` counts no
    gene of a set, the caller says that nothing could be excluded.

    Parameters
    ----------
    var_names
        Symbols, human or mouse.

    Returns
    -------
    ``uint8``, shape ``(n_vars,)``: the sum of the bits of the sets.

    Examples
    --------
    >>> flag_genes(["CD3E", "TRAV14DV4", "mt-Co1", "RPS4Y1", "ENSG00000277734"]).tolist()
    [0, 1, 2, 12, 0]
    """
    patterns = [(record.bit, re.compile(record.pattern, re.IGNORECASE)) for record in GENE_SETS.values()]
    flags = [sum(bit for bit, pattern in patterns if pattern.fullmatch(str(name))) for name in var_names]
    return np.array(flags, dtype=np.uint8)


def n_flagged(flags: np.ndarray) -> dict[str, int]:
    """Return how many genes each set holds.

    Parameters
    ----------
    flags
        From `flag_genes`, shape ``(n_vars,)``.

    Returns
    -------
    Number of genes by name of the set; 0 where none was recognised.

    Examples
    --------
    >>> n_flagged(flag_genes(["TRAC", "TRBC1", "XIST", "CD3E"]))
    {'receptor': 2, 'mitochondrial': 0, 'ribosomal': 0, 'sex': 1, 'cell_cycle': 0}
    """
    return {name: int((flags & record.bit > 0).sum()) for name, record in GENE_SETS.items()}


def candidates(genes: np.ndarray, flags: np.ndarray, *, exclude: str) -> np.ndarray:
    """Return the columns of a matrix that may be chosen.

    Parameters
    ----------
    genes
        Position in the data set of each column, shape ``(n_genes,)``.
    flags
        Sets of each gene of the data set (`flag_genes`), shape ``(n_vars,)``.
    exclude
        Name of the set whose genes may not be chosen; empty for none.

    Raises
    ------
    UsageError
        When the set is unknown, or no gene is left.

    Examples
    --------
    >>> candidates(np.array([0, 2]), flag_genes(["TRAC", "CD3E", "CD4"]), exclude="receptor").tolist()
    [1]
    """
    if not exclude:
        return np.arange(genes.size)
    columns = np.flatnonzero(flags[genes] & GENE_SETS[exclude].bit == 0)
    if columns.size == 0:
        raise UsageError(
            f"every one of {genes.size} genes is in the set {exclude!r}",
            where="exclude",
            expected="genes outside the set",
            fix="exclude nothing",
        )
    return columns
