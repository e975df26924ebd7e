"""Reads files through the door, one after another, and writes what became of each as a line of JSON.

Run as ``python -m tests.fuzz.reader GOOD START STOP STEP [receptors]``. It watches itself: files that are
opened outside of what a reading may open are reported with the line, and an alarm ends the process when a file takes it
longer than a minute.
"""

import json
import os
import shutil
import signal
import sys
import sysconfig
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np

from rashomon.core import RashomonError
from rashomon.dataset import Dataset, unique_receptors
from rashomon.io import BUDGET, from_anndata, read, read_adata, read_receptors, receptor_format
from tests.fuzz.mutation import CANARY, make

SECONDS, ALARM = 10.0, 60

opened = []


def watch(event, arguments):
    """Remember every path that Python opens."""
    if event == "open" and isinstance(arguments[0], str | bytes):
        opened.append(os.path.realpath(os.fsdecode(arguments[0])))


def texts(value, depth=0):
    """All bytes and text below a value."""
    if isinstance(value, str):
        yield value.encode("utf-8", "replace")
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield np.ascontiguousarray(value).tobytes()
    elif hasattr(value, "to_csv"):
        yield value.to_csv().encode("utf-8", "replace")
    elif depth < 20:
        for item in below(value):
            yield from texts(item, depth + 1)


def below(value):
    """What a list, an array of objects or a mapping holds."""
    if isinstance(value, np.ndarray | list | tuple):
        return list(value)
    return [part for entry in value.items() for part in entry] if hasattr(value, "items") else []


def say(line):
    """Write a line of JSON for whoever started this process."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def attempt(path):
    """Read a file as an audit would; return what was read."""
    if path.name.partition(".")[0] in {"airr", "tenx", "vdjdb"}:
        return attempt_receptors(path)
    if path.suffix == ".csv":
        return read(path, truths=["cell_type"]).obs
    adata = read_adata(path, memory_budget=BUDGET // 16, seconds=SECONDS)
    from_anndata(adata, donor_key="donor", batch_key="batch", memory_budget=BUDGET // 16)
    return {name: getattr(adata, name) for name in ("uns", "obsm", "varm", "layers", "obs", "var")}


def attempt_receptors(path):
    """Read a table of receptors as an audit would, and make its rows unique; return what was read."""
    receptor_format(path)
    dataset = read_receptors(path, truths=["epitope"], donor_key="donor", sample_key=None, memory_budget=BUDGET // 16)
    unique, row_of = unique_receptors(dataset)
    if not (isinstance(dataset, Dataset) and row_of.size == dataset.n_obs and row_of.max(initial=-1) < unique.n_obs):
        raise TypeError(f"no data set of receptors, but {dataset!r}")  # an offence: nothing else may be returned
    return {"obs": unique.obs, "junction_aa": unique.receptors.junction_aa, "v": np.array(unique.receptors.v.names)}


def read_one(path):
    """What becomes of one file: ``read``, the code of a refusal, or ``traceback``; with what was found wrong."""
    wrong = ""
    try:
        found = attempt(path)
        outcome = "read"
        if any(CANARY in text for text in texts(found)):
            wrong = "the canary was read"
    except RashomonError as error:
        outcome = error.code or type(error).__name__
        if CANARY.decode() in str(error):
            wrong = "the canary is in the message"
        if not (error.what and error.where):
            wrong = f"a refusal without a place: {error!r}"
    except Exception:  # noqa: BLE001 - what must not happen
        outcome, wrong = "traceback", traceback.format_exc(limit=-6)
    return outcome, wrong


def main(good, start, stop, step, what="cells"):
    """Make and read the files `start`, `start + step`, ... below `stop`."""
    libraries = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), str(Path(__file__).parents[2])}
    allowed = tuple(os.path.realpath(root) for root in (*libraries, tempfile.gettempdir(), "/proc", "/dev/null"))
    sys.addaudithook(watch)
    for number in range(int(start), int(stop), int(step)):
        say({"case": number})
        with tempfile.TemporaryDirectory() as folder:
            path, kind = make(Path(good), Path(folder), number, receptors=what == "receptors")
            opened.clear()
            begun = time.perf_counter()
            signal.alarm(ALARM)
            outcome, wrong = read_one(path)
            signal.alarm(0)
            seconds = time.perf_counter() - begun
            # the canaries lie in a folder for temporary files too
            strangers = [name for name in opened if not name.startswith(allowed) or "canary" in name]
            if strangers and not wrong:
                wrong = f"opened {strangers[0]}"
            for link in Path(folder).rglob("*"):
                if link.is_symlink():
                    link.unlink()
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - its own context removes it
        say({"case": number, "kind": kind, "outcome": outcome, "seconds": round(seconds, 3), "wrong": wrong})


if __name__ == "__main__":
    main(*sys.argv[1:])
