"""Worlds of the catalogue about types: how many, how different, how rare, and who named them."""

from __future__ import annotations

from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation

__all__ = ["FIVE_TYPES", "PLAIN", "TYPE_WORLDS"]

PLAIN = {"n_genes": 1000, "depth": 2000.0, "depth_sd": 0.3}
"""A thousand genes, about two thousand molecules per cell."""

FIVE_TYPES = {**PLAIN, "n_groups": 5, "n_markers": 40, "effect_size": 2.0}
"""Five equal types, each with forty genes four times as high."""

TYPE_WORLDS: tuple[CatalogueWorld, ...] = (
    CatalogueWorld(
        "ideal",
        "Five equal types, each with forty markers four times as high, well sequenced, no nuisance.",
        "Everything works: the five types are found, and found again. Even here the mean silhouette is far from 1, "
        "because most of the distance between two cells is counting noise: read it against this world, not against 1.",
        "Kiselev, Andrews and Hemberg (2019), Nat Rev Genet 20:273",
        FIVE_TYPES,
        (
            Expectation("n_clusters", "", "There is one cluster per type.", low=5, high=5),
            Expectation("ari", "type", "The types are far apart.", low=0.95),
            Expectation("pairwise_ami", "", "Other samples of the cells give the same clusters.", low=0.95),
            Expectation("silhouette", "", "Counting noise keeps it low even where every cell is right.", high=0.3),
            Expectation("ami", "depth_class", "Depth has no say where types are strong.", high=0.05),
        ),
    ),
    CatalogueWorld(
        "sparse",
        "The ideal world with 150 molecules per cell.",
        "The biology is the same, but too few molecules were counted to see it: types mix, there are more clusters "
        "than types, and another sample of the cells gives others. Sequence deeper before asking for finer clusters.",
        "Zhang, Ntranos and Tse (2020), Nat Commun 11:774",
        {**FIVE_TYPES, "depth": 150.0},
        (
            Expectation("n_clusters", "", "Noise is cut into further clusters.", low=6),
            Expectation("ari", "type", "Part of the types is still seen.", low=0.2, high=0.8),
            Expectation("pairwise_ami", "", "The further clusters do not come back.", high=0.5),
            Expectation("silhouette", "", "Cells are as far from their own cluster as from the next.", high=0.05),
        ),
    ),
    CatalogueWorld(
        "imbalanced",
        "Five types as in the ideal world; one holds seven cells in ten, the others four to twelve in a hundred.",
        "Every type is told from the others, also the smallest. But Leiden cuts the largest into pieces, and ARI, "
        "which counts pairs of cells, sees little else. Ask class by class before calling such a clustering bad.",
        "Warrens and van der Hoef (2022), J Classif 39:487",
        {**FIVE_TYPES, "proportions": [0.7, 0.12, 0.08, 0.06, 0.04]},
        (
            Expectation("n_clusters", "", "The largest type is cut.", low=6),
            Expectation("homogeneity", "type", "No cluster mixes types.", low=0.95),
            Expectation("macro_f1", "type", "Every type has a cluster, also the smallest.", low=0.8),
            Expectation("ari", "type", "Pairs within the largest type decide.", high=0.5),
            Expectation("pairwise_ami", "", "The cuts through the largest type move.", high=0.8),
        ),
        n_obs=1000,
    ),
    CatalogueWorld(
        "rare",
        "Four large types and one with five cells in a thousand.",
        "The rare type is swallowed by another, every time, and the scores do not notice: ARI is nearly 1 and the "
        "clusters are stable. Only scores in which every type counts alike, as macro F1, show what is missing.",
        "Jindal et al. (2018), Nat Commun 9:4719",
        {**FIVE_TYPES, "effect_size": 1.5, "rare_share": 0.005},
        (
            Expectation("n_clusters", "", "The rare type has no cluster.", low=4, high=4),
            Expectation("ari", "type", "A few cells do not count.", low=0.95),
            Expectation("macro_f1", "type", "One type in five is lost.", high=0.85),
            Expectation("pairwise_ami", "", "It is lost in every sample of the cells.", low=0.9),
        ),
        n_obs=1000,
    ),
    CatalogueWorld(
        "hierarchy",
        "Three lineages of three types each.",
        "The same clusters agree perfectly with one truth and badly with the other, and both truths are right. A low "
        "ARI with the lineages is a difference of granularity: homogeneity 1 tells that no lineage was mixed.",
        "Zappia and Oshlack (2018), GigaScience 7:giy083",
        {**PLAIN, "hierarchy": [3, 3], "n_markers": 30, "effect_size": 2.0},
        (
            Expectation("n_clusters", "", "The types are found, not the lineages.", low=9, high=9),
            Expectation("ari", "type", "Types differ as much as lineages.", low=0.9),
            Expectation("ari", "level_1", "Three clusters share each lineage.", high=0.5),
            Expectation("homogeneity", "level_1", "No cluster mixes lineages.", low=0.95),
        ),
        n_obs=900,
    ),
    CatalogueWorld(
        "wrong_k",
        "Two lineages far apart, each of two types close to each other: four types, symmetric.",
        "Two clusters, the same from every sample of the cells, with a better silhouette than in the ideal world, and "
        "wrong: there are four types. Stability says that the best cut is unique, not that it is true. Never choose "
        "the number of clusters by stability alone.",
        "Ben-David, von Luxburg and Pal (2006), COLT, LNCS 4005:5",
        {**PLAIN, "hierarchy": [2, 2], "n_markers": 40, "level_effects": [4.0, 0.5]},
        (
            Expectation("n_clusters", "", "The lineages hide the types.", low=2, high=2),
            Expectation("pairwise_ami", "", "The wrong answer is perfectly stable.", low=0.98),
            Expectation("silhouette", "", "It is higher than that of the ideal world.", low=0.18),
            Expectation("ari", "type", "Half of the structure is missed.", high=0.6),
            Expectation("ari", "level_1", "The lineages are found.", low=0.98),
        ),
    ),
    CatalogueWorld(
        "weak",
        "Five types whose markers are a fifth higher: real, and below what can be seen.",
        "The types exist and leave no trace in the leading components: the clusters have nothing to do with them. "
        "Below a threshold of effect, cells and genes, no clustering of components can work; Leiden cuts all the same.",
        "Baik, Ben Arous and Peche (2005), Ann Probab 33:1643",
        {**FIVE_TYPES, "effect_size": 0.3},
        (
            Expectation("n_clusters", "", "Leiden always cuts.", low=8),
            Expectation("ami", "type", "Clusters know nothing of the types.", high=0.05),
            Expectation("modularity", "", "Any graph of neighbours has communities.", low=0.25),
            Expectation("pairwise_ami", "", "They do not come back.", high=0.2),
        ),
    ),
    CatalogueWorld(
        "noise_genes",
        "Five types in 200 genes, and 4,000 further genes that carry nothing.",
        "Among 200 genes alone the types are found without error; spread over twenty times as many, the molecules of "
        "a cell say little of each, and chance directions outweigh the real one. Which genes go in matters more than "
        "which algorithm follows.",
        "Luecken and Theis (2019), Mol Syst Biol 15:e8746",
        {**FIVE_TYPES, "n_genes": 200, "n_markers": 20, "n_noise_genes": 4000},
        (
            Expectation("n_clusters", "", "Noise is cut into further clusters.", low=6),
            Expectation("ari", "type", "Most of the structure is drowned.", high=0.6),
            Expectation("purity", "", "Many neighbours come from other clusters.", high=0.6),
            Expectation("pairwise_ami", "", "Clusters do not come back.", high=0.3),
        ),
    ),
    CatalogueWorld(
        "noisy_labels",
        "The ideal world with an annotation that is wrong in a fifth of the cells.",
        "The clusters are right and the score is poor, because the truth it was computed with is not. Agreement with "
        "an annotation cannot exceed the annotation's own reliability: ask for the ceiling before the score.",
        "Frenay and Verleysen (2014), IEEE Trans Neural Netw Learn Syst 25:845",
        {**FIVE_TYPES, "label_noise": 0.2},
        (
            Expectation("n_clusters", "", "There is one cluster per type.", low=5, high=5),
            Expectation("ari", "type", "The clusters are right.", low=0.95),
            Expectation("ari", "annotation", "The annotation is not.", high=0.7),
            Expectation("macro_f1", "annotation", "A fifth of the cells is named wrongly.", low=0.7, high=0.88),
        ),
    ),
)
"""Worlds with types."""
