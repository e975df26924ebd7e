"""The door: files in and out, and every check of what enters."""

from __future__ import annotations

from rashomon.io.annotate import annotate, stored
from rashomon.io.assemble import to_anndata, to_mudata
from rashomon.io.container import Container, identify
from rashomon.io.convert import MIN_CELLS, from_anndata, from_labels
from rashomon.io.doctor import examine, shown
from rashomon.io.expression import Expected, find_expression
from rashomon.io.finding import Finding
from rashomon.io.kind import ValueKind, classify
from rashomon.io.label import align_labels, read_labels_csv
from rashomon.io.label_file import read_labels
from rashomon.io.label_set import label_sets
from rashomon.io.matrix import BUDGET
from rashomon.io.origin import namespace
from rashomon.io.output import CODES
from rashomon.io.read import read, read_adata, read_cells
from rashomon.io.receptor.modality import receptor_dataset as receptors_of_cells
from rashomon.io.receptor.modality import write_airr_obsm
from rashomon.io.receptor.read import read_receptors, receptors_from_frame
from rashomon.io.receptor.sniff import receptor_format
from rashomon.io.receptor.write import write_airr
from rashomon.io.rule import REMARKS, RULES, Rule, refuse
from rashomon.io.stream import write_stream
from rashomon.io.world import WORLD, world_facts
from rashomon.io.write import write, write_h5ad, write_h5mu, write_zarr

__all__ = [
    "BUDGET",
    "CODES",
    "MIN_CELLS",
    "REMARKS",
    "RULES",
    "WORLD",
    "Container",
    "Expected",
    "Finding",
    "Rule",
    "ValueKind",
    "align_labels",
    "annotate",
    "classify",
    "examine",
    "find_expression",
    "from_anndata",
    "from_labels",
    "identify",
    "label_sets",
    "namespace",
    "read",
    "read_adata",
    "read_cells",
    "read_labels",
    "read_labels_csv",
    "read_receptors",
    "receptor_format",
    "receptors_from_frame",
    "receptors_of_cells",
    "refuse",
    "shown",
    "stored",
    "to_anndata",
    "to_mudata",
    "world_facts",
    "write",
    "write_airr",
    "write_airr_obsm",
    "write_h5ad",
    "write_h5mu",
    "write_stream",
    "write_zarr",
]
