"""Worlds of the catalogue in which something else than the type shapes the cells: cycle, droplets, batches, donors."""

from __future__ import annotations

from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation
from rashomon.sim.catalogue.type_world import PLAIN

__all__ = ["TECHNICAL_WORLDS"]

_THREE_TYPES = {**PLAIN, "n_groups": 3, "n_markers": 30, "effect_size": 1.5}
_THREE_BATCHES = {**_THREE_TYPES, "n_batches": 3, "batch_effect": 0.5}

TECHNICAL_WORLDS: tuple[CatalogueWorld, ...] = (
    CatalogueWorld(
        "cell_cycle",
        "Three types; six cells in ten of each divide.",
        "Each type is cut by phase: clusters are pure in type and still too many. They are stable and real, but they "
        "are states of a cell, not kinds of cells. Whether that is wrong depends on the question.",
        "Buettner et al. (2015), Nat Biotechnol 33:155",
        {**_THREE_TYPES, "cycling_share": 0.6, "cycle_effect": 3.0},
        (
            Expectation("n_clusters", "", "Types times phases, roughly.", low=5),
            Expectation("homogeneity", "type", "No cluster mixes types.", low=0.9),
            Expectation("completeness", "type", "Every type is cut.", high=0.7),
            Expectation("ami", "phase", "The cuts follow the phase.", low=0.15),
            Expectation("pairwise_ami", "", "They come back.", low=0.7),
        ),
    ),
    CatalogueWorld(
        "doublets",
        "Four types; about one droplet in seven holds two cells.",
        "Two cells in one droplet look like a type between two others, and make clusters of their own: small, stable, "
        "with markers of both. Remove doublets before counting types; a transitional state needs other evidence.",
        "Wolock, Lopez and Klein (2019), Cell Syst 8:281",
        {**PLAIN, "n_groups": 4, "n_markers": 40, "effect_size": 2.5, "doublet_rate": 0.15},
        (
            Expectation("n_clusters", "", "There are more clusters than types.", low=5),
            Expectation("homogeneity", "doublet", "Some clusters hold doublets only.", low=0.2),
            Expectation("ari", "type", "Doublets are missing from the clusters of types.", low=0.7, high=0.95),
            Expectation("pairwise_ami", "", "Clusters of doublets come back.", low=0.9),
        ),
        n_obs=1000,
    ),
    CatalogueWorld(
        "ambient",
        "Four types; half of the molecules of a droplet come from lysed cells.",
        "The soup gives every cell the markers of every type. Types draw together, and a part of the cells changes "
        "sides. The same world without it (ambient = 0) is clustered with few errors: correct before clustering.",
        "Young and Behjati (2020), GigaScience 9:giaa151",
        {**PLAIN, "n_groups": 4, "n_markers": 40, "effect_size": 1.2, "ambient": 1.0},
        (
            Expectation("n_clusters", "", "No type is lost; some are cut.", low=4),
            Expectation("ari", "type", "A part of the cells changes sides.", low=0.5, high=0.85),
            Expectation("pairwise_ami", "", "Which cells change sides depends on the sample.", high=0.7),
            Expectation("silhouette", "", "Types draw together.", high=0.05),
        ),
    ),
    CatalogueWorld(
        "batches",
        "One population in three batches.",
        "Clusters are batches: perfectly stable, well separated, and without any biology. No score "
        "that looks at the clusters alone can tell. Ask for agreement with the batch first.",
        "Tran et al. (2020), Genome Biol 21:12",
        {**PLAIN, "n_batches": 3, "batch_effect": 0.5},
        (
            Expectation("n_clusters", "", "There is one cluster per batch.", low=3, high=3),
            Expectation("ari", "batch", "Clusters are batches.", low=0.95),
            Expectation("pairwise_ami", "", "They come back every time.", low=0.95),
            Expectation("silhouette", "", "They look as good as types.", low=0.1),
        ),
    ),
    CatalogueWorld(
        "batch_confounded",
        "Three types, three batches; four fifths of the cells of a type were made to be in one batch.",
        "Clusters follow the batch, and agree with the types all the same, because most cells of a type share a "
        "batch. Compare both agreements: cells of a type in the other batches decide, and here they go with the batch.",
        "Tung et al. (2017), Sci Rep 7:39921",
        {**_THREE_BATCHES, "batch_association": 0.8},
        (
            Expectation("n_clusters", "", "About one cluster per batch.", low=3, high=6),
            Expectation("ari", "type", "High, and undeserved.", low=0.5, high=0.85),
            Expectation("ari", "batch", "Higher: the batch is what they follow.", low=0.85),
            Expectation("homogeneity", "batch", "No cluster mixes batches.", low=0.95),
            Expectation("pairwise_ami", "", "The confounded answer is stable.", low=0.85),
        ),
    ),
    CatalogueWorld(
        "batch_aliased",
        "Three types, each in a batch of its own.",
        "Type and batch are one and the same partition: every score is perfect for both, and no analysis of these "
        "cells can tell whether the clusters are biology. Only another design can.",
        "Hicks et al. (2018), Biostatistics 19:562",
        {**_THREE_BATCHES, "batch_association": 1.0},
        (
            Expectation("n_clusters", "", "There is one cluster per type, or per batch.", low=3, high=3),
            Expectation("ari", "type", "Perfect.", low=0.95),
            Expectation("ari", "batch", "Just as perfect.", low=0.95),
            Expectation("pairwise_ami", "", "They come back every time.", low=0.95),
        ),
    ),
    CatalogueWorld(
        "nested_donors",
        "Three types in six donors who differ widely; each donor was processed in one of two batches.",
        "Clusters are donors. Agreement with the batch is then perfect in one direction, because donors lie within "
        "batches, and says nothing of the batch. Thousands of cells are six donors: compare donors, not cells.",
        "Squair et al. (2021), Nat Commun 12:5692",
        {
            **_THREE_TYPES,
            "n_donors": 6,
            "donor_effect": 0.5,
            "n_batches": 2,
            "batch_plan": "nested",
            "batch_effect": 0.3,
        },
        (
            Expectation("n_clusters", "", "One cluster per donor, some cut by type.", low=6, high=12),
            Expectation("ami", "donor", "Clusters are donors.", low=0.8),
            Expectation("homogeneity", "batch", "It follows from the nesting.", low=0.95),
            Expectation("ari", "type", "Types are hardly seen across donors.", high=0.25),
            Expectation("pairwise_ami", "", "They come back every time.", low=0.9),
        ),
        n_obs=1000,
    ),
)
"""Worlds in which a nuisance competes with the types, or stands in for them."""
