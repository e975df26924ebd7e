"""Which format a table of receptors has, by the names of its columns; values are never looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from rashomon.core import InputError, Registry
from rashomon.io.receptor.airr import is_airr, read_airr
from rashomon.io.receptor.chain_table import Reading
from rashomon.io.receptor.changeo import is_changeo, read_changeo
from rashomon.io.receptor.rhapsody import is_rhapsody, read_rhapsody
from rashomon.io.receptor.table import header_of
from rashomon.io.receptor.tenx import is_tenx, is_tenx_clonotypes, read_tenx
from rashomon.io.receptor.text import first_text
from rashomon.io.receptor.wide import is_long, is_wide, read_long, read_wide

__all__ = ["CLONOTYPES", "FORMATS", "Format", "receptor_format", "table_format"]

CLONOTYPES = "10x clonotypes"
"""A format that is recognised, and refused."""


@dataclass(frozen=True)
class Format:
    """A format of tables of receptors.

    Parameters
    ----------
    name
        Its name.
    summary
        One line.
    fits
        Whether columns of these names are of this format.
    read
        From the table to its chains; takes ``where=`` and ``sample_key=``.
    """

    name: str
    summary: str
    fits: Callable[[Collection[str]], bool]
    read: Callable[..., Reading]


FORMATS: Registry[Format] = Registry(
    "format of receptors",
    (
        Format("10x", "Contig annotations of Cell Ranger: one row per contig.", is_tenx, read_tenx),
        Format("bd", "Contigs of BD Rhapsody, or its dominant ones.", is_rhapsody, read_rhapsody),
        Format("changeo", "Change-O and BraCeR: column names in capitals.", is_changeo, read_changeo),
        Format("airr", "AIRR Rearrangement: one row per chain, of cells or bulk.", is_airr, read_airr),
        Format("vdjdb", "Export of VDJdb: one chain per row, pairs share complex.id.", is_long, read_long),
        Format("wide", "One receptor per row, its chains side by side.", is_wide, read_wide),
    ),
)
"""Formats in the order in which they are tried."""


def table_format(header: Collection[str]) -> str | None:
    """Return the name of the format that has these columns.

    Parameters
    ----------
    header
        Names of the columns.

    Returns
    -------
    A name in `FORMATS`, `CLONOTYPES`, or None for a table of something else.

    Examples
    --------
    >>> table_format(["v_call", "junction_aa"]), table_format(["cdr3b", "vb"]), table_format(["cell", "type"])
    ('airr', 'wide', None)
    """
    if is_tenx_clonotypes(header):
        return CLONOTYPES
    return next((each.name for each in FORMATS.values() if each.fits(header)), None)


def receptor_format(path: Path | str) -> str | None:
    """Return the format of a file of receptors from its first lines; None for everything else.

    Parameters
    ----------
    path
        Any file; a text file may be packed with gzip. Nothing is checked here but the names of the columns.

    Returns
    -------
    As `table_format`; ``json`` for contigs in JSON. None also where the file cannot be opened or has no header: whoever
    reads it says why.
    """
    file = Path(path)
    names = [suffix.lower() for suffix in file.suffixes]
    if names[-1:] == [".json"] or names[-2:] == [".json", ".gz"]:
        return "json"
    text = first_text(file)
    try:
        header = header_of(text, where=file.name)[0] if text else []
    except InputError:
        return None
    return table_format(header)
