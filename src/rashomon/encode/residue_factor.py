"""Numbers for the chemistry of amino acids: published tables, each with its source and digest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import Registry, UsageError, digest_text
from rashomon.encode.packed import AMINO_ACIDS

__all__ = ["FACTORS", "ResidueFactor"]


@dataclass(frozen=True)
class ResidueFactor:
    """A table with some numbers for each of the twenty amino acids.

    Parameters
    ----------
    name
        The name users type.
    factors
        What each column means.
    table
        A line per amino acid: its letter, then its numbers, as published.
    summary
        One line for tables.
    citation
        Where the numbers come from.
    standardise
        Whether the columns, being of different units, are brought to mean 0 and standard deviation 1 over the twenty.

    Raises
    ------
    UsageError
        When a line is missing or has another number of columns.

    Examples
    --------
    >>> FACTORS["atchley"].matrix[0].tolist(), FACTORS["atchley"].matrix.shape
    ([-0.591, -1.302, -0.733, 1.57, -0.146], (20, 5))
    """

    name: str
    factors: tuple[str, ...]
    table: str
    summary: str
    citation: str = ""
    standardise: bool = False

    def __post_init__(self) -> None:
        lines = [line.split() for line in self.table.split("\n") if line.strip()]
        if [line[0] for line in lines] != list(AMINO_ACIDS) or {len(line) - 1 for line in lines} != {len(self.factors)}:
            raise UsageError(
                "the table does not fit",
                where=f"residue factors {self.name!r}",
                expected=f"the letters {AMINO_ACIDS} in this order, with {len(self.factors)} numbers each",
            )

    @property
    def matrix(self) -> np.ndarray:
        """The numbers, ``float64``, shape ``(20, n_factors)``; amino acids in alphabetical order of their letters."""
        lines = [line.split()[1:] for line in self.table.split("\n") if line.strip()]
        values = np.array(lines, dtype=np.float64)
        return (values - values.mean(axis=0)) / values.std(axis=0) if self.standardise else values

    @property
    def digest(self) -> str:
        """Digest of the table as written, spaces aside."""
        return digest_text(*self.table.split())


FACTORS: Registry[ResidueFactor] = Registry(
    "residue factors",
    [
        ResidueFactor(
            "atchley",
            ("polarity", "secondary structure", "molecular volume", "codon diversity", "electrostatic charge"),
            """
    A -0.591 -1.302 -0.733 1.570 -0.146
    C -1.343 0.465 -0.862 -1.020 -0.255
    D 1.050 0.302 -3.656 -0.259 -3.242
    E 1.357 -1.453 1.477 0.113 -0.837
    F -1.006 -0.590 1.891 -0.397 0.412
    G -0.384 1.652 1.330 1.045 2.064
    H 0.336 -0.417 -1.673 -1.474 -0.078
    I -1.239 -0.547 2.131 0.393 0.816
    K 1.831 -0.561 0.533 -0.277 1.648
    L -1.019 -0.987 -1.505 1.266 -0.912
    M -0.663 -1.524 2.219 -1.005 1.212
    N 0.945 0.828 1.299 -0.169 0.933
    P 0.189 2.081 -1.628 0.421 -1.392
    Q 0.931 -0.179 -3.005 -0.503 -1.853
    R 1.538 -0.055 1.502 0.440 2.897
    S -0.228 1.399 -4.760 0.670 -2.647
    T -0.032 0.326 2.213 0.908 1.313
    V -1.337 -0.279 -0.544 1.242 -1.262
    W -0.595 0.009 0.672 -2.128 -0.184
    Y 0.260 0.830 3.097 -0.838 1.512
            """,
            "Five factors of 494 properties; means 0, variances unequal, volume and charge correlated (0.83).",
            "Atchley et al. (2005), Proceedings of the National Academy of Sciences 102:6395",
        ),
        ResidueFactor(
            "kidera",
            (
                "helix preference",
                "side-chain size",
                "extended structure preference",
                "hydrophobicity",
                "double-bend preference",
                "partial specific volume",
                "flat extended preference",
                "occurrence in alpha region",
                "pK-C",
                "surrounding hydrophobicity",
            ),
            """
    A -1.56 -1.67 -0.97 -0.27 -0.93 -0.78 -0.20 -0.08 0.21 -0.48
    C 0.12 -0.89 0.45 -1.05 -0.71 2.41 1.52 -0.69 1.13 1.10
    D 0.58 -0.22 -1.58 0.81 -0.92 0.15 -1.52 0.47 0.76 0.70
    E -1.45 0.19 -1.61 1.17 -1.31 0.40 0.04 0.38 -0.35 -0.12
    F -0.21 0.98 -0.36 -1.43 0.22 -0.81 0.67 1.10 1.71 -0.44
    G 1.46 -1.96 -0.23 -0.16 0.10 -0.11 1.32 2.36 -1.66 0.46
    H -0.41 0.52 -0.28 0.28 1.61 1.01 -1.85 0.47 1.13 1.63
    I -0.73 -0.16 1.79 -0.77 -0.54 0.03 -0.83 0.51 0.66 -1.78
    K -0.34 0.82 -0.23 1.70 1.54 -1.62 1.15 -0.08 -0.48 0.60
    L -1.04 0.00 -0.24 -1.10 -0.55 -2.05 0.96 -0.76 0.45 0.93
    M -1.40 0.18 -0.42 -0.73 2.00 1.52 0.26 0.11 -1.27 0.27
    N 1.14 -0.07 -0.12 0.81 0.18 0.37 -0.09 1.23 1.10 -1.73
    P 2.06 -0.33 -1.15 -0.75 0.88 -0.45 0.30 -2.30 0.74 -0.28
    Q -0.47 0.24 0.07 1.10 1.10 0.59 0.84 -0.71 -0.03 -2.33
    R 0.22 1.27 1.37 1.87 -1.70 0.46 0.92 -0.39 0.23 0.93
    S 0.81 -1.08 0.16 0.42 -0.21 -0.43 -1.89 -1.15 -0.97 -0.23
    T 0.26 -0.70 1.21 0.63 -0.10 0.21 0.24 -1.15 -0.56 0.19
    V -0.74 -0.71 2.04 -0.40 0.50 -0.81 -1.07 0.06 -0.46 0.65
    W 0.30 2.10 -0.72 -1.57 -1.16 0.57 -0.48 -0.40 -2.30 -0.60
    Y 1.38 1.48 0.80 -0.56 0.00 -0.68 -0.31 1.03 -0.05 0.53
            """,
            "Ten factors of 188 properties; means 0, variances 1, uncorrelated.",
            "Kidera et al. (1985), Journal of Protein Chemistry 4:23",
        ),
        ResidueFactor(
            "physical",
            ("hydropathy", "charge", "volume"),
            """
    A 1.8 0 88.6
    C 2.5 0 108.5
    D -3.5 -1 111.1
    E -3.5 -1 138.4
    F 2.8 0 189.9
    G -0.4 0 60.1
    H -3.2 0 153.2
    I 4.5 0 166.7
    K -3.9 1 168.6
    L 3.8 0 166.7
    M 1.9 0 162.9
    N -3.5 0 114.1
    P -1.6 0 112.7
    Q -3.5 0 143.8
    R -4.5 1 173.4
    S -0.8 0 89.0
    T -0.7 0 116.1
    V 4.2 0 140.0
    W -0.9 0 227.8
    Y -1.3 0 193.6
            """,
            "Hydropathy, charge of the side chain at pH 7 (histidine 0) and volume in cubic angstrom, standardised.",
            "Kyte & Doolittle (1982), Journal of Molecular Biology 157:105; Zamyatnin (1972), Progress in "
            "Biophysics and Molecular Biology 24:107",
            standardise=True,
        ),
    ],
)
"""Tables by name. The tests hold a digest of each, and properties that a mistyped number would break."""
