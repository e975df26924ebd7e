"""What every room may use: errors, registry, steps, random streams, digests, publishing, progress, slot names."""

from __future__ import annotations

from rashomon.core.digest import digest_array, digest_file, digest_json, digest_slots, digest_text
from rashomon.core.errors import FAILED_RUNS, InputError, RashomonError, StoreError, UsageError, did_you_mean, first_few
from rashomon.core.progress import Listener, Progress, Teller, lines, say, silent
from rashomon.core.publish import publish, publish_text
from rashomon.core.registry import Named, Registry, resolve
from rashomon.core.rng import RNGLike, child, igraph_random_state, root_entropy
from rashomon.core.rows import Dropped, RowLog
from rashomon.core.step import Step, refusal, require_portable
from rashomon.core.user_step import user_step

__all__ = [
    "FAILED_RUNS",
    "Dropped",
    "InputError",
    "Listener",
    "Named",
    "Progress",
    "RNGLike",
    "RashomonError",
    "Registry",
    "RowLog",
    "Step",
    "StoreError",
    "Teller",
    "UsageError",
    "child",
    "did_you_mean",
    "digest_array",
    "digest_file",
    "digest_json",
    "digest_slots",
    "digest_text",
    "first_few",
    "igraph_random_state",
    "lines",
    "publish",
    "publish_text",
    "refusal",
    "require_portable",
    "resolve",
    "root_entropy",
    "say",
    "silent",
    "user_step",
]
