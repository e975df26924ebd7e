"""The questions: each plans units and answers from finished tables."""

from __future__ import annotations

from rashomon.ask.answer import Answer, Assumption, Interval
from rashomon.ask.judged import Judged
from rashomon.ask.question import QUESTIONS, Answered, Finished, Question
from rashomon.ask.receptor.cluster import receptor_clusters
from rashomon.ask.receptor.word import RECEPTOR_WORDS
from rashomon.ask.request import Request
from rashomon.ask.standin import StandIn, find_standin
from rashomon.ask.tripwire.record import TRIPWIRES, TripWire, trip

__all__ = [
    "QUESTIONS",
    "RECEPTOR_WORDS",
    "TRIPWIRES",
    "Answer",
    "Answered",
    "Assumption",
    "Finished",
    "Interval",
    "Judged",
    "Question",
    "Request",
    "StandIn",
    "TripWire",
    "find_standin",
    "receptor_clusters",
    "trip",
]
