"""The audit of an AnnData: read slots, call the study, write slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashomon import io, study
from rashomon.ask.confounding.dag import parse_arrows
from rashomon.core import Listener, RNGLike, Step, Teller, say
from rashomon.core.slots import NAMESPACE
from rashomon.engine import Engine, Store
from rashomon.io.on_copy import on_copy
from rashomon.io.within import log_within, rows_within
from rashomon.multiverse import Budget, Level
from rashomon.tl.argument import as_clusterer, as_step, judged_column, own_coordinates, with_words
from rashomon.tl.paired import both_of, expression_of, shared_receptors, with_paired
from rashomon.tl.session import chosen_engine, chosen_store
from rashomon.tl.slot import CELL_COLUMNS, LABELS, check_free, write_slots
from rashomon.truth import TruthSpec

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["audit"]


@on_copy
def audit(
    adata: AnnData | MuData,
    *,
    truths: Sequence[str | TruthSpec] | None = None,
    labels: str | None = None,
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    dag: Sequence[str | tuple[str, str]] | None = None,
    layer: str | None = None,
    use_rep: str | None = None,
    labels_only: bool = False,
    within: Mapping[str, str | Sequence[str]] | None = None,
    pipeline: Mapping[str, Level] | None = None,
    budget: Budget = "quick",
    multiverse: Mapping[str, Sequence[Level]] | None = None,
    clusterers: Sequence[str | Callable[..., Any] | Step] | None = None,
    steps: Sequence[str | Callable[..., Any] | Step] | None = None,
    max_pipelines: int | None = None,
    perturbations: Sequence[str] = (),
    n_replicates: int = 20,
    repeat_all: bool = False,
    questions: Sequence[str] = (),
    scores: Sequence[str] = (),
    n_jobs: int = 0,
    engine: Engine | Mapping[str, Any] | None = None,
    key_added: str = NAMESPACE,
    store: Path | str | Store | None = None,
    source: str = "adata",
    call: Mapping[str, Any] | None = None,
    announce: Teller = say,
    progress: Listener | None = None,
    rng: RNGLike = 0,
) -> study.Audit:
    """Judge a clustering of `adata`, and write what was found into new columns.

    Parameters
    ----------
    adata
        Counts or log-normalised values in ``X``, ``layers`` or ``raw``; labels in ``obs``. A MuData is audited by its
        modality ``gex``. Where cells also have receptors (``obsm["airr"]``, or the modality ``airr``), a paired part
        says where clusters of expression and of receptors agree (`rashomon.study.paired.pair`); what clusters of
        receptors are worth themselves says `rashomon.tl.audit_receptors`.
    truths
        Label columns the clusters may follow: ``"cell_type"``, ``"cell_type=annotation:protein"``, or `TruthSpec`.
        None: those that ``uns["rashomon"]["truths"]`` declares, as simulated data do.
    labels
        Column of the clustering to judge; by default the default pipeline is run and judged.
    unassigned
        Words in label columns, beside ``unknown``, ``doublets`` and ``junk``, that mean "no class": ``ungated``.
    donor_key, batch_key, sample_key, condition_key
        Technical columns; they compete with the truths.
    dag
        Causal arrows between declared columns, and to ``clusters``: ``["donor -> batch", "batch -> clusters"]``; the
        one that is offered when None.
    layer
        Matrix to use; by default counts where they are found.
    use_rep
        Key of ``obsm`` to start from (``X_scVI``); the steps before it are then not varied.
    labels_only
        Leave the matrix alone and answer question 3 only; for files whose matrix cannot be used.
    within
        Audit only the cells with these values: ``{"cell_type": "CD4 T"}``. The other cells get missing values.
    pipeline
        Settings that made `labels`, where known: ``{"n_pcs": 30}``; by default the closest pipeline stands in.
    budget
        ``"quick"``, ``"default"`` or ``"full"``.
    multiverse
        Levels by choice in place of those of the budget, default first: ``{"n_pcs": [30, 50]}``.
    clusterers
        More clusterers, each in a branch of its own: names (``"ward"``), functions of yours as ``"module:function"``,
        or (with ``n_jobs=1``) the functions themselves; see `rashomon.cluster.user_clusterer`.
    steps
        Transforms of the view, each in a branch of its own, given as `clusterers` are; ``"x=module:function"``, or a
        step made by `rashomon.encode.user_transform`, acts on the matrix instead.
    max_pipelines
        Most pipelines; where there are more, a balanced fraction of so many is drawn. Each is run at every resolution
        and seed, which are not counted.
    perturbations
        How data and graph are disturbed, to see what comes back: names of `rashomon.perturb.PERTURBATIONS`,
        ``"halves"`` among them; those of the budget by default.
    n_replicates
        Repeats of each perturbation.
    repeat_all
        Repeat every pipeline, not only the one that stands in for `labels`: the table ``pipeline_repeats`` says how
        well each finds its own labels again. Takes as many times longer as there are pipelines.
    questions, scores
        Questions to answer (``"stability"``) and scores to compute (``"ami"``); all by default.
    n_jobs
        Worker processes; 0 = as many as cores and memory allow, 1 = this process. The result does not depend on it.
    engine
        How to run, where `n_jobs` does not say enough: ``{"name": "dask", "address": "tcp://host:8786"}``, see
        `rashomon.engine.Engine`.
    key_added
        Prefix of the new columns, and key of the facts in ``uns``.
    copy
        Leave `adata` as it is, and return a copy with the results in place of them; `rashomon.get` reads them there.
    store
        Folder in which finished runs are kept, so that an interrupted audit goes on, or an open store; None keeps them
        in memory.
    source
        Name of the data in tables and reports.
    call
        What else to put on record beside these arguments, in JSON types.
    announce, progress
        Receive the plan in words, and progress events; both are written to standard error by default. Pass
        `rashomon.core.silent` for none.
    rng
        Root of all random numbers.

    Returns
    -------
    Answers and tables. `adata` gains ``obs[f"{key_added}_stability"]`` (float in [0, 1]), ``_verdict``, ``_word`` (the
    verdict without its details, for colours), ``_recommended`` and ``_conservative`` (labels after merging),
    ``_co_assignment`` with ``_low`` and ``_high``,
    ``_membership_entropy`` and ``_label_set`` (`rashomon.ask.stability.certainty.CERTAINTY_COLUMNS`) and, where no
    labels were given, ``_labels`` (categorical), and ``uns["rashomon"]``; of a MuData its modality ``gex`` does. What
    could not be computed has no column. `rashomon.get` reads answers and tables back, also from a file.

    Raises
    ------
    InputError
        When the data cannot be used; nothing has been changed then.
    UsageError
        When an argument is wrong, or a column of ours would overwrite one that is not.
    """
    both, adata = both_of(adata), expression_of(adata)
    mask = rows_within(adata.obs, within or {}, source=source)
    part = adata if mask.all() else adata[mask].copy()
    dataset = io.from_anndata(
        part,
        truths=with_words(truths, unassigned, io.namespace(adata.uns)),
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        condition_key=condition_key,
        layer=layer,
        use_rep=use_rep,
        with_expression=not labels_only,
        source=source,
    )
    dataset = replace(dataset, rows=log_within(dataset.rows, adata.obs_names, mask))
    # a clash must be found before the work, not after it
    check_free(adata, [*CELL_COLUMNS, LABELS], tool="audit", key_added=key_added)
    options = study.AuditOptions(
        budget=budget,
        pipeline=pipeline,
        use_rep=use_rep,
        dag=None if dag is None else parse_arrows(dag),
        multiverse=multiverse or {},
        clusterers=[as_clusterer(each) for each in clusterers or ()],
        steps=[as_step(each) for each in steps or ()],
        max_pipelines=max_pipelines,
        n_replicates=n_replicates,
        perturbations=tuple(perturbations),
        repeat_all=repeat_all,
        questions=tuple(questions),
        scores=tuple(scores),
        rng=rng,
        engine=chosen_engine(engine, n_jobs=n_jobs, progress=progress),
        store=chosen_store(store),
        coordinates=own_coordinates(part),
        call={
            "layer": layer,
            "unassigned": list(unassigned),
            "labels_only": labels_only,
            "within": dict(within) if within else None,
            **dict(call or {}),
        },
        announce=announce,
    )
    for line in dataset.rows.lines():
        announce(line)
    keys = {"donor_key": donor_key, "batch_key": batch_key, "sample_key": sample_key}
    shared = None if both is None else shared_receptors(both, dataset, part, keys=keys, announce=announce)
    found = study.audit(dataset, judged_column(dataset, labels, unassigned), options=options)
    if shared is not None:
        found = with_paired(found, shared, engine=options.engine, store=options.store)
    write_slots(adata, found, rows=mask, key_added=key_added)
    return found
