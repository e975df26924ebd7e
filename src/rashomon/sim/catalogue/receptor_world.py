"""Worlds of the catalogue about receptors: what close sequences say of targets, and what else makes them close."""

from __future__ import annotations

from functools import partial

from rashomon.sim.catalogue.lesson import CatalogueWorld, Expectation
from rashomon.sim.part import RECEPTORS

__all__ = ["RECEPTOR_WORLDS", "RESPONSE"]

RESPONSE = {"n_donors": 6, "n_epitopes": 3, "binder_share": 0.9, "orphan_share": 0.5, "hla_restriction": 0.0}
"""Six donors, and three epitopes that nine clones in ten see, in every donor; half of these carry the motif."""

_expect = partial(Expectation, part=RECEPTORS)
_world = partial(CatalogueWorld, n_obs=2000, parts=(RECEPTORS,))

RECEPTOR_WORLDS: tuple[CatalogueWorld, ...] = (
    _world(
        "motifs",
        "Three epitopes, each with one motif of four residues that half of its receptors carry; TRB.",
        "Receptors that differ in one residue see the same epitope, nearly always, and beyond what V, J and length "
        "say. But five in six have no such neighbour, and each epitope is dozens of clusters: purity says nothing of "
        "what is missed. Read it beside retention.",
        "Glanville et al. (2017), Nature 547:94",
        RESPONSE,
        (
            _expect("n_clusters", "", "One motif is many clusters.", low=110),
            _expect("retention", "epitope", "Most receptors have no close neighbour.", low=0.12, high=0.22),
            _expect("purity", "epitope", "Clusters hold one epitope.", low=0.9),
            _expect("conditional_agreement", "epitope", "V, J and length do not explain it.", low=0.7),
            _expect("clustered_ami", "donor", "Donors share the motifs.", high=0.03),
            _expect("pairwise_ami", "", "Links depend on two receptors only and come back.", low=0.93),
        ),
        n_obs=3000,
    ),
    _world(
        "orphans",
        "The same three epitopes; nineteen in twenty of their receptors carry no motif.",
        "A third as many receptors are clustered as in the world of motifs, and most clusters are neighbours by "
        "generation: purity is what permuted labels give. The motif is there, and its few carriers cluster by it. A "
        "label that clusters do not follow may still be written in the sequences of a minority.",
        "Meysman et al. (2019), Bioinformatics 35:1461",
        {**RESPONSE, "orphan_share": 0.95},
        (
            _expect("n_clusters", "", "Chance makes neighbours, too.", low=40),
            _expect("retention", "epitope", "That of receptors without a target.", high=0.08),
            _expect("purity_excess", "epitope", "Labels are as mixed as when permuted.", high=0.1),
            _expect("clustered_ami", "epitope", "Clusters know nothing of the epitope.", high=0.1),
            _expect("purity", "epitope", "It looks high, as clusters of two are.", low=0.5),
            _expect("purity", "motif", "Carriers of a motif are together.", low=0.9),
        ),
        n_obs=3000,
    ),
    _world(
        "no_epitope",
        "Six donors in two batches; receptors as generation and selection make them, without any target.",
        "There are dozens of clusters, of several donors each, and the same ones in every sample of the "
        "receptors: generation makes the same sequences in everybody. Neither size nor publicness nor stability "
        "is evidence of a target; agreement beyond chance is, and there is none.",
        "Elhanati et al. (2018), Immunol Rev 284:167",
        {"n_donors": 6, "n_batches": 2},
        (
            _expect("n_clusters", "", "Generation makes neighbours.", low=30),
            _expect("clustered", "", "About one receptor in twenty has one.", low=0.025, high=0.07),
            _expect("donors_per_cluster", "", "Most clusters are of several donors.", low=1.7),
            _expect("pairwise_ami", "", "They come back nevertheless.", low=0.88),
            _expect("clustered_ami", "donor", "Clusters know nothing of the donor.", low=-0.1, high=0.1),
            _expect("clustered_ami", "lineage", "Nor of the lineage.", low=-0.1, high=0.1),
            _expect("purity_excess", "lineage", "Nor is purity above that of permuted labels.", low=-0.1, high=0.1),
            _expect("purity_excess", "batch", "Nor with the batch.", low=-0.1, high=0.1),
        ),
        n_obs=3000,
    ),
    _world(
        "v_gene_wins",
        "Three epitopes with many weak motifs, clustered by TCRdist, in which the loops of V take part.",
        "Clusters are V genes: agreement with V is high, agreement with the epitope is that of chance. A distance that "
        "reads V finds V. Ask what clusters say beyond V, J and length before naming an epitope.",
        "Dash et al. (2017), Nature 547:89",
        {**RESPONSE, "epitope_preset": "diffuse", "orphan_share": -1.0},
        (
            _expect("n_clusters", "", "About one cluster per V gene and variant.", low=40),
            _expect("clustered", "", "Most receptors are in one.", low=0.7),
            _expect("clustered_ami", "v_gene", "Clusters are V genes.", low=0.7),
            _expect("clustered_ami", "epitope", "They are no epitopes.", high=0.03),
            _expect("conditional_agreement", "epitope", "Nor beyond V, J and length.", high=0.05),
            _expect("pairwise_ami", "", "V genes come back.", low=0.8),
        ),
        n_obs=1500,
        pipeline={"distance": "tcrdist", "radius": 60, "clusterer": "leiden"},
    ),
    _world(
        "percolation",
        "Three epitopes whose receptors all use one V gene, clustered by TCRdist within 24.",
        "Single linkage chains: one cluster holds a third of all receptors, all three epitopes, and nearly nothing of "
        "what the distances knew. The same links cut into communities are pure. Look at the largest cluster "
        "before any score.",
        "Valkiers et al. (2021), Bioinformatics 37:4865",
        {**RESPONSE, "v_bias": 1.0},
        (
            _expect("n_clusters", "", "Small ones remain beside the giant.", low=30),
            _expect("percolation", "", "A giant cluster.", low=0.25),
            _expect("purity_excess", "epitope", "It mixes the epitopes.", high=0.1),
            _expect("percolation", "", "Communities do not chain.", high=0.08, by={"clusterer": "leiden"}),
            _expect("purity_excess", "epitope", "And hold one epitope each.", low=0.2, by={"clusterer": "leiden"}),
        ),
        pipeline={"distance": "tcrdist", "radius": 24, "clusterer": "component"},
    ),
    _world(
        "donor_epitope",
        "Six epitopes, six donors: each donor responds to one epitope, which prefers a V gene of its own.",
        "Clusters follow epitope, donor, HLA and V gene equally well, because these are nearly one partition. The "
        "agreement with the donor stands beyond V, J and length as that with a target would: these data cannot tell a "
        "response from a person. Ask for receptors of other donors.",
        "Pavlovic et al. (2024), Nat Mach Intell 6:15",
        {**RESPONSE, "n_epitopes": 6, "entanglement": 1.0},
        (
            _expect("n_clusters", "", "Motifs make clusters.", low=90),
            _expect("purity_excess", "epitope", "It looks like a response.", low=0.3),
            _expect("purity_excess", "donor", "It looks the same with the donor.", low=0.3),
            _expect("cross_donor_pairs", "", "Few pairs join two donors.", high=0.4),
            _expect("conditional_agreement", "donor", "Not by V, J and length alone.", low=0.5),
        ),
        n_obs=3000,
    ),
    _world(
        "hla_disease",
        "Forty donors; who carries A*02:01 is ill, and two epitopes on that allele have nothing to do with it.",
        "Clusters are of the ill, in many donors, and no receptor sees anything of the disease: the allele makes both. "
        "Cutting the path from the allele to the disease (disease_hla = 0) leaves every cluster as it is and the "
        "agreement at chance. Compare donors of the same HLA.",
        "Pavlovic et al. (2024), Nat Mach Intell 6:15",
        {
            "n_donors": 40, "n_epitopes": 2, "binder_share": 0.9, "orphan_share": 0.5, "disease_share": 0.6,
            "disease_hla": 1.0,
        },
        (
            _expect("n_clusters", "", "Motifs make clusters.", low=60),
            _expect("purity_excess", "status", "They follow the disease.", low=0.1),
            _expect("purity", "status", "Nearly all are of the ill.", low=0.8),
            _expect("donors_per_cluster", "", "It is nobody's private response.", low=2.2),
            _expect("cross_donor_pairs", "", "Pairs join donors.", low=0.85),
        ),
        n_obs=3000,
    ),
    _world(
        "mait",
        "One receptor in ten is of a MAIT cell; no target else.",
        "Alpha chains of MAIT cells are nearly all alike, without descent and without a peptide: they make the "
        "largest cluster, in every donor, of one lineage and one V gene. A clone has one donor; their beta chains "
        "share nothing. Flag invariant chains before reading clusters of alpha.",
        "Tilloy et al. (1999), J Exp Med 189:1907",
        {"n_donors": 6, "loci": "TRA+TRB", "invariant_share": 0.1},
        (
            _expect("n_clusters", "", "Alpha chains have neighbours anyway.", low=40),
            _expect("percolation_clustered", "", "One cluster stands out.", low=0.1),
            _expect("cross_donor_pairs", "", "It is of all donors: no clone.", low=0.8),
            _expect("purity_excess", "lineage", "It is of one lineage.", low=0.1),
            _expect("clustered_ami", "vj v_gene", "And of one V gene.", low=0.3),
            _expect("clustered", "", "Beta chains share nothing.", high=0.05, by={"chain": "vdj"}),
        ),
        pipeline={"chain": "vj"},
    ),
    _world(
        "alpha_driven",
        "Three epitopes whose signal is in alpha: one V gene and a motif; half of the receptors carry it.",
        "Clusters of beta know nothing of the epitope; clusters of alpha do, beyond V, J and length. Where only "
        "beta was sequenced, no signal is no evidence of no response.",
        "Cole et al. (2009), J Biol Chem 284:27281",
        {**RESPONSE, "loci": "TRA+TRB", "epitope_preset": "alpha-driven"},
        (
            _expect("n_clusters", "", "Beta chains have neighbours by generation.", low=20),
            _expect("clustered_ami", "epitope", "Which know nothing of the epitope.", high=0.12),
            _expect("retention", "epitope", "And are few.", high=0.07),
            _expect("clustered_ami", "epitope", "Alpha knows a little.", low=0.02, by={"chain": "vj"}),
            _expect("purity_excess", "epitope", "Above permuted labels.", low=0.05, by={"chain": "vj"}),
            _expect("clustered_ami", "motif", "Where the motif is, it is right.", low=0.2, by={"chain": "vj"}),
        ),
        n_obs=3000,
    ),
    _world(
        "public_receptors",
        "No target; one clone in twenty has a receptor of a list of twenty that all donors share.",
        "Clusters are public beyond doubt: nearly every pair joins two donors, more than when donors are permuted. "
        "They mix CD4 and CD8, which no peptide does. Public is not specific.",
        "Venturi et al. (2008), Nat Rev Immunol 8:231",
        {"n_donors": 8, "public_share": 0.05, "n_public": 20},
        (
            _expect("n_clusters", "", "The list, and what is like it.", low=30),
            _expect("cross_donor_pairs", "", "Nearly all pairs join donors.", low=0.93),
            _expect("purity_excess", "donor", "Less of one donor than permuted donors.", high=-0.03),
            _expect("clustered_ami", "lineage", "Clusters mix the lineages.", high=0.05),
            _expect("pairwise_ami", "", "And come back.", low=0.93),
        ),
    ),
    _world(
        "false_labels",
        "Three epitopes that three clones in ten see; six labels in ten are of receptors that do not.",
        "Clusters are pure in the labels all the same: receptors with a false label have no neighbours and fall out of "
        "the score. What is left of the labels is right; how much fell out is in the retention, which is hardly above "
        "that of receptors without a target. Report both.",
        "Zhang et al. (2021), Sci Adv 7:eabf5835",
        {**RESPONSE, "binder_share": 0.3, "false_label": 0.6, "false_label_clustering": 0.2},
        (
            _expect("n_clusters", "", "Those of the motifs, and of chance.", low=50),
            _expect("purity", "epitope_label", "More than half of the labels are false.", low=0.75),
            _expect("conditional_agreement", "epitope_label", "Beyond V, J and length, too.", low=0.5),
            _expect("retention", "epitope_label", "Most labelled receptors are alone.", high=0.09),
            _expect("purity", "epitope", "The truth, which nobody has.", low=0.9),
        ),
        n_obs=3000,
    ),
    _world(
        "index_hopping",
        "Six donors with nothing in common, sequenced in one lane; one molecule in fifty turns up in another sample.",
        "Where every chain of a cell is compared, half of the receptors have a neighbour, and nearly every cluster "
        "joins donors: all of it one and the same nucleotide sequence with few molecules. The chain with most "
        "molecules of each cell shows the truth. Publicness that vanishes with the second chains is contamination.",
        "Griffiths et al. (2018), Nat Commun 9:2667",
        {"n_donors": 6, "n_clones": 1500, "clone_exponent": 0.6, "vdj_umis": 6.0, "index_hopping": 0.02},
        (
            _expect("n_clusters", "", "Hopped chains make clusters.", low=70, by={"dual": "any"}),
            _expect("clustered", "", "Half of the receptors are in them.", low=0.35, by={"dual": "any"}),
            _expect("multi_donor_share", "", "They look public.", low=0.95, by={"dual": "any"}),
            _expect("clustered_ami", "clone", "Of the same clones.", low=0.25, by={"dual": "any"}),
            _expect("clustered", "", "The leading chains have no neighbours.", high=0.06),
        ),
    ),
)  # fmt: skip
"""Worlds of receptors alone."""
