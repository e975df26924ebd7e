"""The words of an audit's cards from what they rest on, and nothing else: the same words in a third of the time."""

from dataclasses import replace

import numpy as np

from rashomon.ask import QUESTIONS, Finished, Judged, Request, find_standin
from rashomon.ask.card.card import cards
from rashomon.ask.stability.question import answer
from rashomon.ask.structure.population import conclude_population, plan_population
from rashomon.multiverse import Executor, collect, slots_of
from rashomon.study import AuditOptions
from rashomon.study.forecast import multiverse_units, plan_multiverse


def words_of(dataset, judged=None, *, seed, n_replicates=10):
    """Word and detail of each cluster, by its name, as `rashomon.study.audit` gives them at budget quick.

    No forecast, scores, markers and other questions: no word rests on them.
    """
    options = AuditOptions(rng=seed, n_replicates=n_replicates)
    multiverse = plan_multiverse(dataset, judged, options=options, entropy=seed)
    executor = Executor(slots_of(dataset), seed)
    parts = labels_of_units(dataset, finish(executor, multiverse_units(multiverse)[0]))
    pipeline = multiverse.default if judged is None else None
    judged = judged or labels_of_pipeline(multiverse.default, parts)
    standin = find_standin(judged, parts, multiverse, pipeline=pipeline)
    request = Request(dataset, judged, seed, multiverse, parts, standin, n_replicates=n_replicates)
    request = replace(request, population=conclude_population(request, finish(executor, plan_population(request))))
    again = answer(request, labels_of_units(dataset, finish(executor, QUESTIONS["stability"].plan(request))))
    tables = {"clusters": again.clusters, "rungs": again.rungs}
    beside = Executor({**executor.data, **own_slots(request)}, seed)
    for question in (QUESTIONS["structure"], QUESTIONS["confounding"]):
        tables |= question.conclude(request, finish(beside, question.plan(request))).tables
    return cards(request, tables).set_index("cluster")[["word", "detail"]]


def labels_of_units(dataset, done):
    """The labels of finished units."""
    units, records, keys = (list(each) for each in zip(*done, strict=True))
    return collect(units, records, keys, obs_names=dataset.obs_names, item=dataset.item)


def finish(executor, units):
    """The finished units."""
    return list(map(Finished, units, executor.run(units, task="cards"), executor.keys(units)))


def labels_of_pipeline(pipeline, parts):
    """The labels of one pipeline, on trial."""
    same = np.all([(parts.runs[name] == level).to_numpy() for name, level in pipeline.items()], axis=0)
    codes = parts.labels[:, np.flatnonzero(same)[0]]
    return Judged("the default pipeline", codes, tuple(map(str, range(int(codes.max()) + 1))), own=False)


def own_slots(request):
    """The slots beside the data of all questions, as in an audit: random streams depend on them."""
    asked = [question for question in QUESTIONS.values() if question.own_slots and question.plan(request)]
    return {slot: value for question in asked for slot, value in question.slots(request).items()}
