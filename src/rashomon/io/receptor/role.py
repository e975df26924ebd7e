"""What the columns of a table with one row per receptor are: the names that VDJdb, tcrdist, CoNGA and others use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Arm", "arms_of", "column_named", "count_column", "locus_named"]


@dataclass(frozen=True)
class Arm:
    """The columns of one chain of a receptor.

    Parameters
    ----------
    locus
        Its locus; empty where the genes, or the column `chain`, say it.
    columns
        Column of each part: ``aa``, ``nt``, ``v``, ``d``, ``j``, ``c``, ``chain``; parts that are absent are left out.
    """

    locus: str
    columns: dict[str, str] = field(default_factory=dict)


_LETTERS = {
    "a": ("TRA", "alpha"), "b": ("TRB", "beta"), "g": ("TRG", "gamma"), "d": ("TRD", "delta"),
    "h": ("IGH", "heavy"), "k": ("IGK", "kappa"), "l": ("IGL", "light"),
}  # fmt: skip
_ENDS = {"aa": ("", "_aa", "_amino_acid"), "nt": ("_nucseq", "_nt", "_nucleotide")}

_SINGLE = {
    "aa": (
        "junction_aa", "cdr3", "cdr3_aa", "cdr3aa", "cdr3_amino_acid", "amino_acid", "aminoacid", "cdr3_peptide",
        "aaseqcdr3", "cdr3_seq", "cdr3b", "cdr3_beta",
    ),
    "nt": ("junction", "cdr3_nt", "cdr3nt", "cdr3_nucleotide", "cdr3_nucseq", "cdr3_rearrangement", "nseqcdr3"),
    "v": ("v_call", "v", "v_gene", "v_segm", "v_name", "vgene", "v_gene_name", "v_genename", "vgenename", "bestvgene"),
    "d": ("d_call", "d", "d_gene", "d_segm", "d_name", "dgenename"),
    "j": ("j_call", "j", "j_gene", "j_segm", "j_name", "jgene", "j_gene_name", "j_genename", "jgenename", "bestjgene"),
    "c": ("c_call", "c_gene"),
    "chain": ("locus", "chain", "gene", "tcr_chain"),
}  # fmt: skip
_COUNTS = (
    "umi_count", "duplicate_count", "count", "counts", "clone_count", "clonecount", "clones", "clone_size", "templates",
    "copies", "reads", "count_templates_reads", "count_reads",
)  # fmt: skip


def column_named(header: Iterable[str], names: Iterable[str]) -> str | None:
    """Return the first column that has one of the names, in any case and with any separators; None without.

    Parameters
    ----------
    header
        Names of the columns.
    names
        Lower-case names with underscores, the preferred first.

    Examples
    --------
    >>> column_named(["CDR3.beta.aa", "TRBV"], ["cdr3_beta_aa"])
    'CDR3.beta.aa'
    """
    known = {_plain(name): name for name in reversed(list(header))}
    return next((known[name] for name in names if name in known), None)


def count_column(header: Iterable[str]) -> str | None:
    """Return the column that counts copies of a receptor; None without.

    Parameters
    ----------
    header
        Names of the columns.
    """
    return column_named(header, _COUNTS)


def locus_named(text: str) -> str:
    """Return the locus that a word of a column `chain` means; empty where it means none.

    Parameters
    ----------
    text
        As written.

    Examples
    --------
    >>> locus_named("beta"), locus_named("TRA"), locus_named("BMLF1")
    ('TRB', 'TRA', '')
    """
    word = text.strip().lower().replace("tcr", "tr").removeprefix("tr_")
    known = {name: locus for letter, (locus, name) in _LETTERS.items()} | {
        name: locus for letter, (locus, _) in _LETTERS.items() for name in (letter, locus.lower())
    }
    return known.get(word, "")


def arms_of(header: Iterable[str]) -> tuple[Arm, ...]:
    """Return the chains that a row of the table describes; none where the columns are not those of receptors.

    Parameters
    ----------
    header
        Names of the columns. A chain needs a sequence and, in a table without letters for its chains, V or J.

    Examples
    --------
    >>> [(arm.locus, arm.columns) for arm in arms_of(["cdr3a", "va", "cdr3b", "vb"])]
    [('TRA', {'aa': 'cdr3a', 'v': 'va'}), ('TRB', {'aa': 'cdr3b', 'v': 'vb'})]
    >>> arms_of(["cell", "cell_type"])
    ()
    """
    names = list(header)
    lettered = [_lettered(names, letter) for letter in _LETTERS]
    found = tuple(arm for arm in lettered if {"aa", "nt"} & set(arm.columns) and {"v", "j"} & set(arm.columns))
    if found:
        return found
    single = {part: column_named(names, options) for part, options in _SINGLE.items()}
    columns = {part: name for part, name in single.items() if name is not None}
    usable = {"aa", "nt"} & set(columns) and {"v", "j"} & set(columns)
    return (Arm("", columns),) if usable else ()


def _lettered(names: list[str], letter: str) -> Arm:
    locus, word = _LETTERS[letter]
    low = locus.lower()
    columns = {}
    for part, ends in _ENDS.items():
        stems = (f"cdr3{letter}", f"cdr3_{letter}", f"cdr3_{word}", f"{low}_cdr3", f"cdr3_{low}", f"{word}_cdr3")
        options = [stem + end for stem in stems for end in ends]
        options += [f"{low}_junction_aa"] if part == "aa" else [f"{low}_junction"]
        columns[part] = column_named(names, options)
    for gene in "vdjc":
        options = [f"{gene}_{letter}", f"{gene}_{letter}_gene", f"{gene}{letter}_gene", f"{gene}_{word}"]
        options += [f"{gene}_gene_{word}", f"{low}{gene}", f"{low}_{gene}", f"{low}_{gene}_gene", f"{low}_{gene}_call"]
        # db is a database as often as a D gene
        options += [f"{gene}{letter}"] if gene in "vj" else []
        columns[gene] = column_named(names, options)
    return Arm(locus, {part: name for part, name in columns.items() if name is not None})


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
