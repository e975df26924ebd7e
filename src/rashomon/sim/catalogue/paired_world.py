"""Worlds of the catalogue with expression and receptors of the same cells: two partitions, both true."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from rashomon.multiverse import Level
from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation
from rashomon.sim.catalogue.receptor_world import RESPONSE
from rashomon.sim.part import EXPRESSION, RECEPTORS, Part

__all__ = ["PAIRED_WORLDS"]

_CELLS = {**RESPONSE, "n_donors": 4, "n_genes": 400, "depth": 1500.0, "depth_sd": 0.3, "n_clones": 500, "v_bias": 1.0}
"""Four hundred genes, about fifteen hundred molecules per cell, five hundred clones."""

_BOTH: tuple[Part, ...] = (EXPRESSION, RECEPTORS)
_COMMUNITIES: Mapping[str, Level] = {"distance": "tcrdist", "radius": 24, "clusterer": "leiden"}

_receptors = partial(Expectation, part=RECEPTORS)

PAIRED_WORLDS: tuple[CatalogueWorld, ...] = (
    CatalogueWorld(
        "clone_against_state",
        "Three states, three epitopes; each clone has one state, and clones of an epitope are dealt over all states.",
        "Two clusterings, both right, that share nothing: expression finds the states and is blind to the epitopes; "
        "receptors find the epitopes and are blind to the states. A clustering is not wrong because it disagrees "
        "with another kind of data: say first which question it answers.",
        "Schattgen et al. (2022), Nat Biotechnol 40:54",
        {**_CELLS, "n_groups": 3, "n_markers": 25, "effect_size": 2.0, "state_link": "opposed"},
        (
            Expectation("n_clusters", "", "One cluster per state.", low=3, high=3),
            Expectation("ari", "type", "Expression finds the states.", low=0.95),
            Expectation("ami", "epitope", "And nothing of the epitopes.", high=0.03),
            Expectation("completeness", "clone", "A clone is in one cluster.", low=0.95),
            _receptors("purity_excess", "epitope", "Receptors find the epitopes.", low=0.15),
            _receptors("conditional_agreement", "epitope", "Beyond V, J and length.", low=0.2),
            _receptors("clustered_ami", "type", "And nothing of the states.", high=0.08),
        ),
        n_obs=1000,
        parts=_BOTH,
        pipeline=_COMMUNITIES,
    ),
    CatalogueWorld(
        "state_without_clone",
        "Three states and three epitopes; cells of a clone are in any state.",
        "The same two clusterings, and now clones tell nothing of state: the cells of one are in every "
        "cluster of expression. Neither a state nor its clusters can be read from receptors.",
        "Zhang et al. (2018), Nature 564:268",
        {**_CELLS, "n_groups": 3, "n_markers": 25, "effect_size": 2.0},
        (
            Expectation("n_clusters", "", "One cluster per state.", low=3, high=3),
            Expectation("ari", "type", "Expression finds the states.", low=0.95),
            Expectation("ami", "clone", "Clones are spread over them.", high=0.05),
            _receptors("purity_excess", "epitope", "Receptors find the epitopes.", low=0.15),
            _receptors("conditional_agreement", "epitope", "Beyond V, J and length.", low=0.2),
        ),
        n_obs=1000,
        parts=_BOTH,
        pipeline=_COMMUNITIES,
    ),
    CatalogueWorld(
        "graded_clones",
        "A straight path of states; the cells of a clone lie around a place of their own on it.",
        "Expression is cut into pieces, and clones are cut with it: the cells of one are in two neighbouring "
        "clusters. That a clone lies in two clusters does not make them two fates; on a path it is what a cut does.",
        "Wagner and Klein (2020), Nat Rev Genet 21:410",
        {**_CELLS, "n_clones": 200, "topology": "line", "path_length": 4.0, "state_link": "graded"},
        (
            Expectation("n_clusters", "", "The path is cut.", low=3, high=6),
            Expectation("ami", "segment", "Pieces are in order.", low=0.5),
            Expectation("completeness", "clone", "Clones are cut, too.", low=0.45, high=0.75),
            Expectation("ami", "clone", "And not found.", high=0.3),
            Expectation("pairwise_ami", "", "The cuts move from sample to sample.", low=0.5, high=0.9),
            _receptors("purity_excess", "epitope", "Receptors find the epitopes all the same.", low=0.1),
        ),
        n_obs=1000,
        parts=_BOTH,
        pipeline=_COMMUNITIES,
    ),
)
"""Worlds in which receptors and expression answer different questions."""
