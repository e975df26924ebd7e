"""The causal graph of a world of expression: every node, in causal order."""

from __future__ import annotations

from rashomon.sim.expression import cell, gene_table, lysed, population
from rashomon.sim.node import Node

__all__ = ["EXPRESSION_NODES", "POPULATION_NODES"]

POPULATION_NODES: tuple[Node, ...] = (
    Node("donor_share", "donor", (), "Share of each donor among the cells.", population.donor_share,
         low=0, high=1, part=None),
    Node("composition", "donor", (), "Share of each type in each donor.", population.composition, low=0, high=1,
         part=None),
)  # fmt: skip
"""Tables of the population, which every world has."""

EXPRESSION_NODES: tuple[Node, ...] = (
    Node(
        "batch_share", "donor", ("status",), "Batch of a cell, given its donor and type.",
        population.batch_share, low=0, high=1, part=None,
    ),
    Node("gene_mean", "gene", (), "Share of each gene among the molecules of a cell (log).", gene_table.gene_mean),
    Node(
        "gene_dispersion", "gene", ("gene_mean",), "NB dispersion of each gene.",
        gene_table.gene_dispersion, low=0,
    ),
    Node("type_profile", "type", ("gene_mean",), "Markers of the types (log fold).", gene_table.type_profile),
    Node("path_profile", "gene", (), "Genes that change along the continuum.", gene_table.path_profile),
    Node("programme_profile", "gene", (), "Genes of shared programmes.", gene_table.programme_profile),
    Node("loading", "gene", (), "Correlation between genes: loadings of factors.", gene_table.loading),
    Node("cycle_profile", "gene", (), "Genes of the cell cycle.", gene_table.cycle_profile),
    Node("stress_profile", "gene", (), "Genes of stress.", gene_table.stress_profile),
    Node("donor_profile", "donor", (), "Effect of donors on genes.", gene_table.donor_profile, rows=("donor",)),
    Node(
        "donor_type_profile", "donor", (), "Effect of donors within a type.", gene_table.donor_type_profile,
        rows=("donor", "type"),
    ),
    Node("batch_profile", "batch", (), "Effect of batches on genes.", gene_table.batch_profile, rows=("batch",)),
    Node(
        "batch_type_profile", "batch", (), "Effect of batches within a type.", gene_table.batch_type_profile,
        rows=("batch", "type"),
    ),
    Node(
        "depth_of_type", "type", ("donor_share", "composition"), "Depth of each type (log).",
        population.depth_of_type,
    ),
    Node("depth_of_batch", "batch", (), "Depth of each batch (log).", population.depth_of_batch),
    Node("donor", "cell", ("donor_share", "clone", "clone_donor"), "Donor of a cell.", cell.donor, "donor",
         "n_donors", part=None),
    Node("type", "cell", ("donor", "composition", "clone", "clone_state", "clone_expanded"), "Type of a cell.",
         cell.type_, "type", "n_groups", part=None),
    Node("batch", "cell", ("donor", "type", "batch_share"), "Batch of a cell.", cell.batch, "batch",
         "n_batches", part=None),
    Node(
        "position", "cell", ("clone", "clone_state"), "Place of a cell on the continuum, 0 to 1.",
        cell.position, None, "path_length", low=0, high=1,
    ),
    Node("branch", "cell", (), "Branch of a cell.", cell.branch, "branch", "path_length"),
    Node("programme", "cell", (), "Activity of shared programmes.", cell.programme, None, "n_programmes", low=0),
    Node("factor", "cell", ("loading",), "Scores of the factors.", cell.factor),
    Node(
        "cycle", "cell", (), "Angle in the cell cycle, if it divides.",
        cell.cycle, None, "cycling_share", may_miss=True,
    ),
    Node("stress", "cell", (), "Activity of stress.", cell.stress, None, "stress_share", low=0),
    Node("depth_mode", "cell", (), "Mode of the depth: low or high.", cell.depth_mode, "depth_mode", "depth_gap"),
    Node(
        "cell_depth", "cell", ("type", "batch", "depth_mode", "depth_of_type", "depth_of_batch"),
        "Molecules expected of a cell.", cell.cell_depth, low=0,
    ),
    Node(
        "doublet", "cell", (), "Whether the droplet holds a second cell.",
        cell.doublet, None, "doublet_rate", low=0, high=1, part=None,
    ),
    Node(
        "second_cell", "cell", ("doublet", "donor_share", "composition", "batch", "batch_share"),
        "Donor and type of the second cell.", cell.second_cell, None, "doublet_rate",
    ),
    Node("annotation", "cell", ("type",), "What an annotator wrote; wrong in a known share.", cell.annotation,
         "type", "label_noise", part=None),
    Node(
        "ambient_profile", "sample", lysed.PARENTS, "Molecules of lysed cells in every droplet of a sample.",
        lysed.ambient_profile,
    ),
    Node(
        "swap_profile", "batch", lysed.PARENTS,
        "Mean cell of a lane, to which swapped barcodes point.", lysed.swap_profile,
    ),
    Node(
        "mean", "entry",
        (
            "gene_mean", "type_profile", "type", "donor_profile", "donor_type_profile", "donor", "batch_profile",
            "batch_type_profile", "batch", "path_profile", "position", "branch", "programme_profile", "programme",
            "loading", "factor", "cycle_profile", "cycle", "stress_profile", "stress", "cell_depth", "doublet",
            "second_cell",
            "ambient_profile", "swap_profile",
        ),
        "Expected count of a gene in a cell.",
    ),
    Node("count", "entry", ("mean", "gene_dispersion"), "Negative binomial count."),
)  # fmt: skip
"""A mechanism reads its parents, and tables only where they say so. Those with ``part=None`` are in every world."""
