"""The knobs of a world of expression, in the order of its mechanisms."""

from __future__ import annotations

from rashomon.sim.knob import Knob

__all__ = ["EXPRESSION_KNOBS"]

EXPRESSION_KNOBS: tuple[Knob, ...] = (
    # genes
    Knob("n_genes", "count", 2000, None, "genes", "Genes that may carry signal.", ("gene_mean",), 1, 200_000),
    Knob(
        "n_noise_genes", "count", 0, 0, "genes", "Further genes without groups, gradient, programmes or batches; "
        "the molecules of a cell are spread over all genes.", ("gene_mean",), 0, 200_000, scope="generated",
    ),
    Knob(
        "gene_mean_sd", "number", 1.2, 0.0, "ln", "Spread of the mean expression of genes (log-normal).",
        ("gene_mean",), 0, 5, scope="generated",
    ),
    Knob(
        "dispersion", "number", 0.1, 0.0, "1", "NB dispersion of highly expressed genes: variance = mean + "
        "dispersion * mean**2; 0 is Poisson.", ("gene_dispersion",), 0, 1000, scope="generated",
    ),
    Knob(
        "dispersion_trend", "number", 0.0, 0.0, "molecules", "Added dispersion of weak genes: this / mean.",
        ("gene_dispersion",), 0, 1000, scope="generated",
    ),
    Knob(
        "dispersion_scatter", "number", 0.0, 0.0, "ln", "Gene-wise scatter of the dispersion around its trend.",
        ("gene_dispersion",), 0, 5, scope="generated",
    ),
    # groups
    Knob("n_groups", "count", 1, 1, "groups", "Types of cells.", ("type", "type_profile"), 1, 10_000, part=None),
    Knob("hierarchy", "tree", [], [], "children", "Tree of types; each of its nodes has markers of its own.",
         ("type", "type_profile"), part=None),
    Knob(
        "effect_size", "number", 0.0, 0.0, "log2 fold", "How much more a type expresses its markers.",
        ("type_profile",), -20, 20,
    ),
    Knob(
        "level_effects", "numbers", [], [], "log2 fold", "Effect size at each level of the hierarchy, coarsest "
        "first; empty: effect_size at all.", ("type_profile",), -20, 20,
    ),
    Knob(
        "effect_spread", "number", 0.0, 0.0, "log2 fold", "Standard deviation of the effect between markers.",
        ("type_profile",), 0, 10,
    ),
    Knob("n_markers", "count", 0, 0, "genes", "Markers of each node of the tree of types.", ("type_profile",), 0,
         200_000),
    Knob("proportions", "shares", [], [], "share of cells", "Share of each type; empty: equal, as imbalance says.",
         ("composition",), part=None),
    Knob(
        "imbalance", "number", 1.0, 1.0, "ratio", "Cells of the largest type per cell of the smallest; those "
        "between decline geometrically.", ("composition",), 1, 1e6, part=None,
    ),
    Knob("rare_share", "share", 0.0, 0.0, "share of cells", "Share of the last type; 0: as the others say.",
         ("composition",), part=None),
    # continuum
    Knob(
        "topology", "word", "groups", "groups", "shape", "A continuum in the place of groups.",
        ("position", "branch", "path_profile"), words=("groups", "line", "branching", "cycle"),
    ),
    Knob("path_length", "number", 0.0, 0.0, "log2 fold", "Change of a gene from one end of the path to the other.",
         ("path_profile",), 0, 20),
    Knob("n_path_genes", "count", 200, None, "genes", "Genes that change along the path.", ("path_profile",), 1,
         200_000),
    Knob("n_branches", "count", 3, None, "branches", "Branches of a branching continuum.",
         ("branch", "path_profile"), 2, 50),
    Knob("n_segments", "count", 4, None, "segments", "Classes into which the position is cut for a truth column.",
         ("position",), 2, 1000),
    # programmes, factors
    Knob("n_programmes", "count", 0, 0, "programmes", "Programmes that cells of every type may run.",
         ("programme", "programme_profile"), 0, 1000),
    Knob("programme_share", "share", 0.3, 0.0, "share of cells", "Cells that run a given programme; their "
         "activity is exponential.", ("programme",)),
    Knob("programme_effect", "number", 1.0, 0.0, "log2 fold", "Effect of a programme at its mean activity.",
         ("programme_profile",), -20, 20),
    Knob("n_programme_genes", "count", 50, 0, "genes", "Genes of each programme.", ("programme_profile",), 0,
         200_000),
    Knob("n_factors", "count", 10, None, "factors", "Rank of the correlation between genes.",
         ("factor", "loading"), 1, 500),
    Knob(
        "factor_sd", "number", 0.0, 0.0, "ln", "Spread of a gene's expression that it shares with others "
        "(log-normal factors).", ("loading",), 0, 5,
    ),
    # depth
    Knob("depth", "number", 2000.0, None, "molecules", "Molecules of a typical cell (geometric mean).",
         ("cell_depth", "gene_dispersion"), 0, 1e9),
    Knob("depth_sd", "number", 0.0, 0.0, "ln", "Spread of the molecules per cell.", ("cell_depth",), 0, 5),
    Knob("depth_by_type", "number", 0.0, 0.0, "ln", "Spread of the depth between types.", ("depth_of_type",), 0, 5),
    Knob("depth_by_batch", "number", 0.0, 0.0, "ln", "Spread of the depth between batches.", ("depth_of_batch",),
         0, 5),
    Knob("depth_gap", "number", 0.0, 0.0, "ln", "Distance of two modes of depth.", ("depth_mode", "cell_depth"), 0,
         10),
    Knob("low_share", "share", 0.5, None, "share of cells", "Cells in the lower mode of the depth.",
         ("depth_mode",)),
    Knob("depth_min", "number", 0.0, 0.0, "molecules", "Cells of a smaller expected depth were removed by quality "
         "control.", ("cell_depth",), 0, 1e9),
    # donors
    Knob("n_donors", "count", 1, 1, "donors", "Donors.", ("donor",), 1, 100_000, part=None),
    Knob(
        "composition_variation", "share", 0.0, 0.0, "share of the largest possible variance", "How much donors "
        "differ in their shares of types (Dirichlet).", ("composition",), part=None,
    ),
    Knob("donor_effect", "number", 0.0, 0.0, "log2 fold", "Spread of the effect of donors on a gene.",
         ("donor_profile",), 0, 10),
    Knob("donor_gene_share", "share", 1.0, None, "share of genes", "Genes that donor_effect touches.",
         ("donor_profile",)),
    Knob("n_donor_genes", "count", 0, 0, "genes", "Genes that are on in about half of the donors, as those of sex "
         "chromosomes and HLA alleles.", ("donor_profile",), 0, 200_000),
    Knob("donor_gene_effect", "number", 5.0, 0.0, "log2 fold", "Difference between donors with and without one of "
         "those genes.", ("donor_profile",), 0, 20),
    Knob("donor_type_effect", "number", 0.0, 0.0, "log2 fold", "Spread of the effect of donors on a gene in one "
         "type.", ("donor_type_profile",), 0, 10),
    # batches
    Knob("n_batches", "count", 1, 1, "batches", "Batches, each a lane of its own.", ("batch",), 1, 100_000, part=None),
    Knob(
        "batch_plan", "word", "crossed", "crossed", "design", "Whether every donor is in every batch, or each in "
        "one.", ("batch_share",), words=("crossed", "nested"), part=None,
    ),
    Knob(
        "batch_association", "share", 0.0, 0.0, "share of cells", "Cells whose batch is decided by their type; at "
        "1 type and batch cannot be told apart.", ("batch_share",), part=None,
    ),
    Knob("batch_effect", "number", 0.0, 0.0, "log2 fold", "Spread of the effect of batches on a gene.",
         ("batch_profile",), 0, 10),
    Knob("batch_gene_share", "share", 1.0, None, "share of genes", "Genes that batch_effect touches.",
         ("batch_profile",)),
    Knob("batch_type_effect", "number", 0.0, 0.0, "log2 fold", "Spread of the effect of batches on a gene in one "
         "type.", ("batch_type_profile",), 0, 10),
    # states
    Knob("cycling_share", "share", 0.0, 0.0, "share of cells", "Cells that divide.", ("cycle",)),
    Knob("cycle_effect", "number", 3.0, 0.0, "log2 fold", "Rise of a cycle gene at its phase.", ("cycle_profile",),
         0, 20),
    Knob("n_cycle_genes", "count", 80, 0, "genes", "Genes that follow the cycle.", ("cycle_profile",), 0, 200_000),
    Knob("stress_share", "share", 0.0, 0.0, "share of cells", "Cells stressed by handling; their activity is "
         "exponential.", ("stress",)),
    Knob("stress_effect", "number", 2.0, 0.0, "log2 fold", "Rise of a stress gene at the mean activity.",
         ("stress_profile",), 0, 20),
    Knob("n_stress_genes", "count", 40, 0, "genes", "Genes that follow stress.", ("stress_profile",), 0, 200_000),
    # measurement
    Knob(
        "doublet_rate", "number", 0.0, 0.0, "share per 1,000 cells of a lane", "Doublets: droplets with two cells, "
        "whose molecules add up (10x: 0.008).", ("doublet",), 0, 1, part=None,
    ),
    Knob(
        "ambient", "number", 0.0, 0.0, "share of a typical cell's molecules", "Molecules of lysed cells of the "
        "same sample in every droplet.", ("ambient_profile", "count"), 0, 10,
    ),
    Knob("swapping", "share", 0.0, 0.0, "share of molecules", "Molecules whose barcode is that of another cell of "
         "the lane.", ("swap_profile", "count")),
    Knob("extra_zeros", "share", 0.0, 0.0, "share of entries", "Entries set to zero whatever their count; real "
         "UMI data need none.", ("count",)),
    Knob("label_noise", "share", 0.0, 0.0, "share of cells", "Cells whose annotation is wrong.", ("annotation",),
         part=None),
    Knob(
        "label_confusion", "word", "uniform", None, "rule", "Wrong annotations are any other type, or one of the "
        "same parent.", ("annotation",), words=("uniform", "sibling"), part=None,
    ),
    # strength of what was fitted to real data
    Knob("type_strength", "number", 1.0, 1.0, "factor", "Multiplies the fitted differences between types.",
         ("type_profile", "batch_type_profile"), 0, 10, scope="fitted"),
    Knob("batch_strength", "number", 1.0, 1.0, "factor", "Multiplies the fitted effects of batches.",
         ("batch_profile", "batch_type_profile", "depth_of_batch"), 0, 10, scope="fitted"),
    Knob("donor_strength", "number", 1.0, 1.0, "factor", "Multiplies the fitted effects of donors.",
         ("donor_profile",), 0, 10, scope="fitted"),
    Knob("factor_strength", "number", 1.0, 1.0, "factor", "Multiplies the fitted loadings of the factors.",
         ("loading",), 0, 10, scope="fitted"),
    Knob("dispersion_strength", "number", 1.0, 1.0, "factor", "Multiplies the fitted dispersions.",
         ("gene_dispersion",), 0, 100, scope="fitted"),
)  # fmt: skip
"""Those with ``part=None`` turn worlds of receptors, too."""
