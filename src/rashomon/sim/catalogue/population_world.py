"""Worlds of the catalogue without types: one population, and continua, which Leiden cuts all the same."""

from __future__ import annotations

from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation
from rashomon.sim.catalogue.type_world import PLAIN

__all__ = ["POPULATION_WORLDS"]

POPULATION_WORLDS: tuple[CatalogueWorld, ...] = (
    CatalogueWorld(
        "one_population",
        "One population: cells differ by counting noise and depth only.",
        "There is nothing to find, and Leiden reports a dozen clusters with positive modularity. What gives them "
        "away: other samples of the cells give others, and neighbours mostly belong elsewhere.",
        "Grabski, Street and Irizarry (2023), Nat Methods 20:1196",
        PLAIN,
        (
            Expectation("n_clusters", "", "Leiden always cuts.", low=8),
            Expectation("modularity", "", "Any graph of neighbours has communities.", low=0.25),
            Expectation("pairwise_ami", "", "They do not come back.", high=0.2),
            Expectation("silhouette", "", "Cells are no closer to their own cluster.", high=0.05),
            Expectation("purity", "", "Most neighbours belong elsewhere.", high=0.35),
        ),
    ),
    CatalogueWorld(
        "bimodal_depth",
        "One population, sequenced at two depths: four and a half times as deep in half of the cells.",
        "Clusters follow how many molecules were counted, not what a cell is: the usual normalisation divides depth "
        "out of the mean, not out of the noise. Compared with one population the clusters look better by every "
        "score. Check agreement with depth before naming them.",
        "Hafemeister and Satija (2019), Genome Biol 20:296",
        {**PLAIN, "depth_gap": 1.5},
        (
            Expectation("n_clusters", "", "Fewer and larger than in one population.", low=3, high=8),
            Expectation("ami", "depth_class", "Clusters follow depth.", low=0.3),
            Expectation("modularity", "", "Higher than in one population.", low=0.36),
            Expectation("purity", "", "Cells of one depth are each other's neighbours.", low=0.5),
            Expectation(
                "pairwise_ami", "", "The split by depth comes back, what is cut within does not.", low=0.25, high=0.6
            ),
        ),
    ),
    CatalogueWorld(
        "heavy_tails",
        "One population whose genes scatter widely, some far more than others.",
        "Strongly varying genes are not marker genes. They fill the list of variable genes, and nothing in them comes "
        "in groups: the clusters are those of noise, and no sample of the cells gives them again.",
        "Lause, Berens and Kobak (2021), Genome Biol 22:258",
        {**PLAIN, "dispersion": 1.0, "dispersion_scatter": 1.5},
        (
            Expectation("n_clusters", "", "Leiden always cuts.", low=8),
            Expectation("modularity", "", "Any graph of neighbours has communities.", low=0.25),
            Expectation("pairwise_ami", "", "They do not come back.", high=0.2),
            Expectation("purity", "", "Most neighbours belong elsewhere.", high=0.4),
        ),
    ),
    CatalogueWorld(
        "correlated",
        "One population; three programmes of fifty genes, each run by a third of the cells to varying degree.",
        "The clusters are combinations of programmes. They come back far more often than those of noise and are no "
        "types all the same: a cell runs a programme today and not tomorrow. Repeatable does not mean discrete.",
        "Kotliar et al. (2019), eLife 8:e43803",
        {**PLAIN, "n_programmes": 3, "programme_effect": 2.0, "programme_share": 0.3},
        (
            Expectation("n_clusters", "", "Three programmes give up to eight combinations.", low=6),
            Expectation("modularity", "", "Clearly higher than in one population.", low=0.45),
            Expectation("pairwise_ami", "", "Programmes come back, though not exactly.", low=0.35, high=0.8),
            Expectation("purity", "", "Neighbours run the same programmes.", low=0.5),
        ),
    ),
    CatalogueWorld(
        "line",
        "A straight path along which two hundred genes rise or fall sixteenfold; cells lie evenly on it.",
        "The path is cut into pieces, each a good community of neighbours. Where the cuts lie is up to chance: another "
        "sample of the cells moves them. Order the cells; do not name the pieces.",
        "Trapnell et al. (2014), Nat Biotechnol 32:381",
        {**PLAIN, "topology": "line", "path_length": 4.0},
        (
            Expectation("n_clusters", "", "The path is cut.", low=3, high=6),
            Expectation("modularity", "", "Pieces of a path are good communities.", low=0.45),
            Expectation("pairwise_ami", "", "The cuts move from sample to sample.", low=0.5, high=0.85),
            Expectation(
                "ari", "segment", "Pieces are in order, with other ends than those written down.", low=0.3, high=0.8
            ),
            Expectation("silhouette", "", "Nothing is empty between the pieces.", high=0.15),
        ),
    ),
    CatalogueWorld(
        "branching",
        "A trunk from which three branches part.",
        "Clusters follow the branches and the way along them, both in part: neither truth is wrong and neither is the "
        "whole. Where a branch is cut is up to chance.",
        "Saelens et al. (2019), Nat Biotechnol 37:547",
        {**PLAIN, "topology": "branching", "path_length": 3.0},
        (
            Expectation("n_clusters", "", "Trunk and branches, some cut again.", low=4, high=8),
            Expectation("ami", "branch", "Branches are told apart away from the trunk.", low=0.4, high=0.8),
            Expectation("ami", "segment", "So is the way along them, in part.", low=0.3, high=0.7),
            Expectation("pairwise_ami", "", "Cuts across a branch move.", low=0.5, high=0.85),
            Expectation("modularity", "", "Pieces of a path are good communities.", low=0.45),
        ),
    ),
    CatalogueWorld(
        "cycle",
        "A closed path: cells lie evenly on a circle.",
        "A circle has no beginning, so any cut is as good as any other: modularity is high, and every sample of the "
        "cells turns the cuts to another place.",
        "Schwabe et al. (2020), Mol Syst Biol 16:e9946",
        {**PLAIN, "topology": "cycle", "path_length": 4.0},
        (
            Expectation("n_clusters", "", "The circle is cut.", low=4, high=8),
            Expectation("modularity", "", "Arcs are good communities.", low=0.5),
            Expectation("pairwise_ami", "", "The cuts turn from sample to sample.", low=0.5, high=0.85),
            Expectation("silhouette", "", "Nothing is empty between the arcs.", high=0.15),
        ),
    ),
)
"""Worlds in which there are no groups to find."""
