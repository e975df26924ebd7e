"""Resamples and noise: each perturbation is a record that says where it acts and how its replicates are made."""

from __future__ import annotations

from rashomon.core import Registry, Step
from rashomon.perturb.clone_copy import plan_copies
from rashomon.perturb.donor_block import donor_blocks, plan_donor_blocks
from rashomon.perturb.graph_jitter import plan_jitters
from rashomon.perturb.half import HALVES, plan_halves
from rashomon.perturb.perturbation import Domain, Need, Perturbation, Place, replicates
from rashomon.perturb.seed import plan_seeds
from rashomon.perturb.sequencing_error import plan_errors
from rashomon.perturb.study_block import plan_study_blocks
from rashomon.perturb.subsample import plan_shares
from rashomon.perturb.thinning import plan_thinnings

__all__ = ["HALVES", "PERTURBATIONS", "Domain", "Need", "Perturbation", "Place", "donor_blocks", "replicates"]

PERTURBATIONS: Registry[Perturbation] = Registry(
    "perturbation",
    [
        Perturbation(
            "seed",
            step=None,
            place="seed",
            rung=1,
            needs=None,
            plan=plan_seeds,
            summary="Run the clusterer again with another seed; the data stay as they are.",
            repeats="other seeds",
        ),
        Perturbation(
            "graph_jitter",
            step=Step(
                "graph_jitter",
                "rashomon.perturb.graph_jitter:jitter_graph",
                reads=("graph",),
                writes=("graph",),
                stochastic=True,
                summary="Multiply the weight of every edge by a random factor.",
            ),
            place="graph",
            rung=2,
            needs=None,
            plan=plan_jitters,
            summary="Let the weights of the neighbour graph vary by a tenth.",
            repeats="graphs with jittered weights",
        ),
        Perturbation(
            "thinning",
            step=Step(
                "thinning",
                "rashomon.perturb.thinning:thin",
                reads=("x",),
                writes=("x",),
                stochastic=True,
                summary="Keep every molecule with a fixed probability, as if sequenced less deeply.",
                citation="Neufeld et al. (2024), Biostatistics 25:270",
            ),
            place="data",
            rung=3,
            needs="counts",
            domains=("expression",),
            plan=plan_thinnings,
            summary="Keep half of the molecules of every cell, drawn at random.",
            repeats="copies with half the counts",
        ),
        Perturbation(
            "sequencing_error",
            step=Step(
                "sequencing_error",
                "rashomon.perturb.sequencing_error:misread",
                reads=("x",),
                writes=("x",),
                stochastic=True,
                summary="Misread bases of the junctions and translate again.",
            ),
            place="data",
            rung=4,
            needs=None,
            plan=plan_errors,
            summary="Misread 0.5 % of the bases of every junction.",
            repeats="copies with sequencing errors",
            domains=("receptors",),
        ),
        Perturbation(
            "subsample",
            step=Step(
                "subsample",
                "rashomon.perturb.subsample:take_share",
                reads=("x", "rows"),
                writes=("x", "rows"),
                version=2,
                stochastic=True,
                summary="A share of the cells, drawn without replacement.",
                citation="Hennig (2007), Computational Statistics & Data Analysis 52:258",
            ),
            place="data",
            rung=5,
            needs=None,
            plan=plan_shares,
            summary="Take 80 % of the cells, drawn without replacement.",
            repeats="samples of 80 % of the cells",
        ),
        Perturbation(
            "clone_copies",
            step=Step(
                "clone_copies",
                "rashomon.perturb.clone_copy:thin_copies",
                reads=("x", "rows", "copies"),
                writes=("x", "rows"),
                stochastic=True,
                summary="Keep every copy of every receptor with a fixed probability.",
            ),
            place="data",
            rung=6,
            needs="copies",
            plan=plan_copies,
            summary="Keep 80 % of the copies, and the receptors still seen.",
            repeats="samples of 80 % of the copies",
            domains=("receptors",),
        ),
        Perturbation(
            HALVES,
            step=Step(
                "halves",
                "rashomon.perturb.half:take_half",
                reads=("x", "rows"),
                writes=("x", "rows"),
                stochastic=True,
                stream=("pair",),
                summary="One half of the cells; the two halves of a pair share no cell.",
                citation="Shah & Samworth (2013), Journal of the Royal Statistical Society B 75:55",
            ),
            place="data",
            rung=7,
            needs=None,
            plan=plan_halves,
            summary="Take one half of the cells, then the other half.",
            repeats="half-samples of cells",
            interval=True,
        ),
        Perturbation(
            "donor_block",
            step=Step(
                "donor_block",
                "rashomon.perturb.donor_block:keep_donors",
                reads=("x", "rows", "donor"),
                writes=("x", "rows"),
                summary="The cells of some donors.",
            ),
            place="data",
            rung=8,
            needs="donor",
            plan=plan_donor_blocks,
            summary="Take one half of the donors, then the other half; below six donors, leave out one at a time.",
            repeats="donor subsets",
            interval=True,
        ),
        Perturbation(
            "study_block",
            step=Step(
                "study_block",
                "rashomon.perturb.study_block:keep_studies",
                reads=("x", "rows", "batch"),
                writes=("x", "rows"),
                summary="The receptors of some studies.",
            ),
            place="data",
            rung=9,
            needs="batch",
            plan=plan_study_blocks,
            summary="Take one half of the studies, then the other half; below six studies, leave out one at a time.",
            repeats="study subsets",
            interval=True,
            domains=("receptors",),
        ),
    ],
)
"""Every perturbation, in the order of the ladder: from the mildest to the harshest."""
