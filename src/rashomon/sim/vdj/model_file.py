"""Files of a recombination model as IGoR writes them: germlines, marginals, and the anchors of the junction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec

import numpy as np

from rashomon.core import InputError, UsageError

__all__ = ["MODELS", "ModelFile", "model_folder", "read_model_file"]

_CELL = {"TRA": "T_alpha", "TRB": "T_beta", "IGH": "B_heavy", "IGK": "B_kappa", "IGL": "B_lambda"}

MODELS: tuple[tuple[str, str], ...] = tuple((species, locus) for species in ("human", "mouse") for locus in _CELL)
"""Species and loci that have a model."""

_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_INDEX = re.compile(r"\[\w+,(\d+)\]")


@dataclass(frozen=True, eq=False)
class ModelFile:
    """What the four files of a model say.

    Parameters
    ----------
    names
        Alleles in the order of the codes, by segment ``"V"``, ``"D"``, ``"J"``; no D where there is none.
    germlines
        Nucleotides of each allele that can stand in a junction, as many palindromic ones as the model knows added at
        the ends that recombine: from the codon of the conserved cysteine on (V), to the codon of the conserved
        phenylalanine or tryptophan (J), all (D); ``""`` for alleles that are not functional or have no anchor.
    palindromes
        Largest number of palindromic nucleotides, by name of the deletion: ``"v_3_del"``, ``"d_5_del"``, ``"d_3_del"``,
        ``"j_5_del"``.
    marginals
        Tables of probabilities by name, as in the file.
    fronts
        Nucleotides of each V allele in front of the codon of the conserved cysteine; ``""`` for alleles that are not
        functional or have no anchor.
    """

    names: Mapping[str, tuple[str, ...]]
    germlines: Mapping[str, tuple[str, ...]]
    palindromes: Mapping[str, int]
    marginals: Mapping[str, np.ndarray]
    fronts: tuple[str, ...]


def model_folder(species: str, locus: str) -> str:
    """Return the name of the folder of a model, below the ``default_models`` of olga.

    Parameters
    ----------
    species, locus
        One of `MODELS`.

    Examples
    --------
    >>> model_folder("human", "TRB")
    'human_T_beta'
    """
    return f"{species}_{_CELL[locus]}"


def read_model_file(species: str, locus: str) -> ModelFile:
    """Read a model from the installed package olga; its files are read where they are.

    Parameters
    ----------
    species, locus
        One of `MODELS`.

    Raises
    ------
    UsageError
        When olga is not installed.
    InputError
        When its files are not as expected.
    """
    if find_spec("olga") is None:
        raise UsageError(
            "the recombination models come with olga, which is not installed",
            where=f"{species} {locus}",
            fix="pip install olga",
            code="vdj.olga",
        )
    home = files("olga").joinpath("default_models", model_folder(species, locus))
    texts = {name: home.joinpath(name).read_text(encoding="utf-8") for name in _FILES}
    events = _events(texts["model_params.txt"])
    alleles = {segment: _alleles(events[f"{segment.lower()}_{word}"]) for segment, word in _genes(events)}
    palindromes = {name: _palindrome(lines) for name, lines in events.items() if name.endswith("_del")}
    v_anchors = _anchors(texts["V_gene_CDR3_anchors.csv"])
    germlines = {
        "V": _germlines(alleles["V"], v_anchors, "V", palindromes),
        "J": _germlines(alleles["J"], _anchors(texts["J_gene_CDR3_anchors.csv"]), "J", palindromes),
    }
    if "D" in alleles:
        left, right = palindromes["d_5_del"], palindromes["d_3_del"]
        germlines["D"] = tuple(_ended(_begun(sequence, left), right) for sequence in alleles["D"].values())
    names = {segment: tuple(listed) for segment, listed in alleles.items()}
    fronts = tuple(sequence[: v_anchors.get(name, 0)] for name, sequence in alleles["V"].items())
    return ModelFile(names, germlines, palindromes, _marginals(texts["model_marginals.txt"]), fronts)


_FILES = ("model_params.txt", "model_marginals.txt", "V_gene_CDR3_anchors.csv", "J_gene_CDR3_anchors.csv")


def _genes(events: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [("V", "choice"), ("J", "choice"), *([("D", "gene")] if "d_gene" in events else [])]


def _events(text: str) -> dict[str, list[str]]:
    """Return the lines of each event, by its name: the last word of its title."""
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in text.splitlines():
        if line.startswith("#"):
            lines = found.setdefault(line.rpartition(";")[2], [])
        elif line.startswith("%") and lines is not None:
            lines.append(line[1:])
        else:
            lines = None
    return found


def _alleles(lines: list[str]) -> dict[str, str]:
    """Return the germline of each allele, in the order of the codes."""
    rows = sorted((int(code), name, sequence) for name, sequence, code in (line.split(";") for line in lines))
    if [row[0] for row in rows] != list(range(len(rows))):
        raise InputError("the codes of the alleles are not 0, 1, 2 ...", where="model_params.txt", code="vdj.file")
    return {name: sequence for _, name, sequence in rows}


def _palindrome(lines: list[str]) -> int:
    """Return how many palindromic nucleotides the code 0 of a deletion means; codes go up with the deletion."""
    codes = {int(code): int(deleted) for deleted, code in (line.split(";") for line in lines)}
    if any(codes.get(code) != code + codes[0] for code in range(len(codes))) or codes[0] > 0:
        raise InputError("the codes of a deletion have gaps", where="model_params.txt", code="vdj.file")
    return -codes[0]


def _anchors(text: str) -> dict[str, int]:
    """Return the position of the anchor of each functional allele."""
    rows = [[cell.strip() for cell in line.split(",")] for line in text.splitlines()[1:]]
    return {name: int(at) for name, at, function, *_ in rows if function.strip("()") == "F" and int(at) > 0}


def _germlines(
    alleles: Mapping[str, str], anchors: Mapping[str, int], segment: str, palindromes: Mapping[str, int]
) -> tuple[str, ...]:
    found = []
    for name, sequence in alleles.items():
        at = anchors.get(name)
        if at is None:
            found.append("")
        elif segment == "V":
            found.append(_ended(sequence[at:], palindromes["v_3_del"]))
        else:
            found.append(_begun(sequence[: at + 3], palindromes["j_5_del"]))
    return tuple(found)


def _ended(sequence: str, n: int) -> str:
    """Return `sequence` with the reverse complement of its last `n` nucleotides behind it."""
    n = min(n, len(sequence))
    return sequence + sequence[len(sequence) - n :].translate(_COMPLEMENT)[::-1]


def _begun(sequence: str, n: int) -> str:
    """Return `sequence` with the reverse complement of its first `n` nucleotides before it."""
    return sequence[:n].translate(_COMPLEMENT)[::-1] + sequence


def _marginals(text: str) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    table = np.empty(0)
    at: tuple[int, ...] = ()
    for line in text.splitlines():
        if line.startswith("@"):
            name = line[1:]
        elif line.startswith("$Dim"):
            shape = tuple(int(word) for word in line[5:-1].split(","))
            table = found[name] = np.full(shape, np.nan)
        elif line.startswith("#"):
            at = tuple(int(word) for word in _INDEX.findall(line))
        elif line.startswith("%"):
            table[at] = [float(word) for word in line[1:].split(",")]
    if any(np.isnan(table).any() for table in found.values()):
        raise InputError("a table of probabilities has gaps", where="model_marginals.txt", code="vdj.file")
    return found
