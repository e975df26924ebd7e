"""Damaged and hostile files, made from good ones by a generator: the same number gives the same file."""

import gzip
import json
import os
import shutil
import warnings
from pathlib import Path

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.io import write
from tests import receptor_table
from tests.sample import small

CANARY = b"canary-7f3a9c1e-must-never-be-read"
SEED = 20260901

LARGE = (2**31 - 1, 2**31, 2**40, 2**62, -1, -2, -(2**31), 0, 1)
ODD_TEXT = (
    "",
    "\x00",
    "\ud800",
    "\u202e",
    "\x1b[2J",
    "../" * 8 + "etc/passwd",
    "A" * 70_000,
    "=cmd()",
    "NaN",
    "\n",
    "é",
)


def rich():
    """The small AnnData with something in every slot."""
    adata = small()
    n_obs, n_vars = adata.shape
    adata.raw = adata
    adata.layers["counts"] = adata.X.copy()
    adata.layers["dense"] = adata.X.toarray()
    adata.obs["score"] = np.linspace(0, 1, n_obs)
    adata.obs["flag"] = pd.array([True, None] * (n_obs // 2), dtype="boolean")
    adata.obs["number"] = pd.array([1, None] * (n_obs // 2), dtype="Int64")
    adata.var["used"] = np.arange(n_vars) % 2 == 0
    adata.varm["loadings"] = np.ones((n_vars, 2))
    adata.obsp["distances"] = sp.random(n_obs, n_obs, 0.2, format="csr", random_state=1)
    adata.uns = {"neighbors": {"params": {"n": 15, "name": "umap"}}, "colors": np.array(["red", "blue"]), "x": 1.5}
    adata.uns["rashomon"] = {"truths": {"cell_type": "annotation:protein"}}
    return adata


def write_good(folder):
    """Write the good files, and the canaries, into a folder."""
    adata = rich()
    write(adata, folder / "good.h5ad")
    write(adata, folder / "good.h5mu")
    for version in (2, 3):
        with warnings.catch_warnings(), ad.settings.override(zarr_write_format=version):
            warnings.simplefilter("ignore")
            adata.write_zarr(folder / f"good{version}.zarr")
    adata.obs.to_csv(folder / "good.csv")
    for name, columns in receptor_tables().items():
        receptor_table.write(folder, columns, name)
    (folder / "canary.txt").write_bytes(CANARY * 4)
    with h5py.File(folder / "canary.h5", "w") as file:
        file["secret"] = np.frombuffer(CANARY * 4, dtype=np.uint8)


def receptor_tables():
    """Good tables of receptors by file name: AIRR, contigs of 10x, an export of VDJdb; pairs for the latter two."""
    aa = [f"CASS{first}{last}ETQYF" for first in "ADEG" for last in "HKLNPQ"]
    n, pairs = len(aa), len(aa) // 2
    airr = receptor_table.airr(donor=["a", "b"] * 6)
    of_pair = {"epitope": [*"AABB"] * (n // 4), "donor": [*"aaaabb"] * (n // 6)}
    tenx = {
        "barcode": [f"c{i // 2}-1" for i in range(n)], "contig_id": [f"k{i}" for i in range(n)],
        "is_cell": ["True"] * n, "high_confidence": ["True"] * n, "chain": ["TRA", "TRB"] * pairs,
        "v_gene": ["TRAV12-2", "TRBV9"] * pairs, "d_gene": ["None"] * n, "j_gene": ["TRAJ33", "TRBJ2-5"] * pairs,
        "c_gene": ["TRAC", "TRBC2"] * pairs, "productive": ["True"] * n, "cdr3": aa,
        "cdr3_nt": ["None"] * n, "reads": ["9"] * n, "umis": ["3"] * n,
    }  # fmt: skip
    vdjdb = {
        "complex.id": [str(i // 2 + 1) for i in range(n)], "Gene": ["TRA", "TRB"] * pairs, "CDR3": aa,
        "V": ["TRAV12-2*01", "TRBV9*01"] * pairs, "J": ["TRAJ33*01", "TRBJ2-5*01"] * pairs,
        "Species": ["HomoSapiens"] * n, "Score": ["1"] * n, "Meta": ['{"subject": "s1"}'] * n,
    }  # fmt: skip
    return {"airr.tsv": airr, "tenx.csv": {**tenx, **of_pair}, "vdjdb.tsv": {**vdjdb, **of_pair}}


def make(good, folder, number, *, receptors=False):
    """Make file `number` in `folder` from the good files in `good`; return its path and what was done to it."""
    rng = np.random.default_rng([SEED, number, *([1] if receptors else [])])
    bases, shares = (RECEPTORS, None) if receptors else (BASES, SHARES)
    base, kinds = bases[int(rng.choice(len(bases), p=shares))]
    kind = kinds[int(rng.integers(len(kinds)))]
    path = folder / f"{Path(base).stem if receptors else 'case'}{Path(base).suffix}"
    if (good / base).is_dir():
        shutil.copytree(good / base, path)
    else:
        shutil.copyfile(good / base, path)
    try:
        kind(path, rng, good)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, OverflowError):
        # a damage that the writing library refuses to do: flip a byte instead
        flip(path, rng, good)
    path = path if path.exists() else path.with_name(f"{path.name}.gz")
    return path, f"{Path(base).stem if receptors else Path(base).suffix.lstrip('.')}:{kind.__name__}"


def target(path, rng):
    """A file itself, or one of the files of a store."""
    if not path.is_dir():
        return path
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    return files[int(rng.integers(len(files)))]


def flip(path, rng, good):
    """Change 1 to 20 bytes."""
    file = target(path, rng)
    data = bytearray(file.read_bytes())
    for _ in range(int(rng.integers(1, 21))):
        if data:
            data[int(rng.integers(len(data)))] = int(rng.integers(256))
    file.write_bytes(bytes(data))


def flip_structure(path, rng, good):
    """Change bytes close to the signatures of blocks that describe, not hold, the data."""
    data = bytearray(path.read_bytes())
    starts = [i for mark in (b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"FRHP") for i in _find(data, mark)] or [0]
    for _ in range(int(rng.integers(1, 9))):
        place = starts[int(rng.integers(len(starts)))] + int(rng.integers(0, 96))
        if place < len(data):
            data[place] = int(rng.choice([0, 1, 127, 128, 255, int(rng.integers(256))]))
    path.write_bytes(bytes(data))


def _find(data, mark):
    place = data.find(mark)
    while place >= 0:
        yield place
        place = data.find(mark, place + 1)


def truncate(path, rng, good):
    """Cut the end off."""
    file = target(path, rng)
    data = file.read_bytes()
    file.write_bytes(data[: int(rng.integers(0, len(data) + 1))])


def splice(path, rng, good):
    """Insert, remove or overwrite a block."""
    file = target(path, rng)
    data = file.read_bytes()
    start, length = int(rng.integers(len(data) + 1)), int(rng.integers(1, 200))
    block = rng.choice([b"\x00", b"\xff", b"A", b"\x89HDF"]) * length
    how = int(rng.integers(3))
    file.write_bytes(data[:start] + (b"" if how == 1 else block) + data[start + (0 if how == 0 else length) :])


def _datasets(file):
    names = []
    file.visititems(lambda name, node: names.append(name) if isinstance(node, h5py.Dataset) else None)
    return names


def _pick(items, rng):
    return items[int(rng.integers(len(items)))]


def change_values(path, rng, good):
    """Put impossible values into one array."""
    with h5py.File(path, "r+") as file:
        node = file[_pick(_datasets(file), rng)]
        values = np.atleast_1d(node[()])
        at = tuple(int(rng.integers(n)) for n in values.shape)
        values[at] = _pick(LARGE, rng) if values.dtype.kind in "iu" else _odd_value(values.dtype, rng)
        node[...] = values.reshape(node.shape)


def _odd_value(dtype, rng):
    return _pick((np.nan, np.inf, -np.inf, -1.0, 1e300, 0.5), rng) if dtype.kind == "f" else _pick(ODD_TEXT, rng)


def change_shape(path, rng, good):
    """Give one array another length or number of axes."""
    with h5py.File(path, "r+") as file:
        name = _pick(_datasets(file), rng)
        attributes, values = dict(file[name].attrs), np.atleast_1d(file[name][()])
        del file[name]
        how = int(rng.integers(5))
        changed = (values[:-1], np.concatenate([values, values]), values[:0], values[None], values.ravel()[0])[how]
        dtype = h5py.string_dtype() if np.asarray(changed).dtype == object else None
        file.create_dataset(name, data=changed, dtype=dtype)
        file[name].attrs.update(attributes)


def change_dtype(path, rng, good):
    """Store one array as another type."""
    with h5py.File(path, "r+") as file:
        name = _pick(_datasets(file), rng)
        attributes, values = dict(file[name].attrs), file[name][()]
        del file[name]
        kind = _pick(["S5", "f2", "f8", "i1", "u8", "c16", "bool", "compound", "void"], rng)
        if kind == "compound":
            file[name] = np.zeros(np.shape(values), dtype=[("a", "i4"), ("b", "f8")])
        elif kind == "void":
            file[name] = np.zeros(np.shape(values), dtype="V7")
        else:
            file[name] = np.asarray(values).astype(kind)
        file[name].attrs.update(attributes)


def change_attribute(path, rng, good):
    """Remove an attribute, or give it another value."""
    with h5py.File(path, "r+") as file:
        nodes = [file]
        file.visititems(lambda _, node: nodes.append(node))
        node = _pick([node for node in nodes if len(node.attrs)], rng)
        name = _pick(list(node.attrs), rng)
        if rng.random() < 0.3:
            del node.attrs[name]
        else:
            node.attrs[name] = _pick([0, -1, 2**62, "dict", "csc_matrix", "array", "x" * 999, [1, 2, 3], 1.5, ""], rng)


def remove(path, rng, good):
    """Remove one object, or put a group in its place."""
    with h5py.File(path, "r+") as file:
        names = []
        file.visititems(lambda name, _: names.append(name))
        name = _pick(names, rng)
        del file[name]
        if rng.random() < 0.3:
            file.create_group(name)


def link(path, rng, good):
    """Put a link somewhere: out of the file, to nothing, to an ancestor, to something else."""
    with h5py.File(path, "r+") as file:
        names = []
        file.visititems(lambda name, _: names.append(name))
        name, other = _pick(names, rng), _pick(names, rng)
        made = _pick(
            [
                h5py.ExternalLink(str(good / "canary.h5"), "/secret"),
                h5py.SoftLink("/nowhere"),
                h5py.SoftLink("/"),
                h5py.SoftLink(f"/{other}"),
                file["/"],
                file[other],
            ],
            rng,
        )
        if rng.random() < 0.5:
            del file[name]
        else:
            name = f"{name}_more" if isinstance(file[name], h5py.Dataset) else f"{name}/more"
        file[name] = made


def outside(path, rng, good):
    """Keep the bytes of a dataset in another file, or assemble it from one."""
    n = len(CANARY) * 4
    with h5py.File(path, "r+") as file:
        root = file["mod/gex"] if "mod" in file else file
        slot = _pick(["uns", "obsm", "layers", "varm"], rng)
        if rng.random() < 0.5:
            root[slot].create_dataset("leak", shape=(n,), dtype="u1", external=[(str(good / "canary.txt"), 0, n)])
        else:
            layout = h5py.VirtualLayout(shape=(n,), dtype="u1")
            layout[:] = h5py.VirtualSource(str(good / "canary.h5"), "secret", shape=(n,))
            root[slot].create_virtual_dataset("leak", layout)


def declare(path, rng, good):
    """Declare sizes nobody could hold, in shapes or in chunks."""
    with h5py.File(path, "r+") as file:
        root = file["mod/gex"] if "mod" in file else file
        shape = _pick([(10**7, 10**6), (2**40,), (2**28,), (3,)], rng)
        chunks = (2**29 - 1,) if shape == (3,) else tuple(min(n, 1000) for n in shape)
        maximum = (None,) if shape == (3,) else shape
        name = _pick(["uns/big", "obsm/big", "layers/big"], rng)
        root.create_dataset(name, shape=shape, maxshape=maximum, chunks=chunks, dtype="f4", compression="gzip")


def many_names(path, rng, good):
    """Name the same groups so often that reading them one by one would never end."""
    with h5py.File(path, "r+") as file:
        root = file["mod/gex"] if "mod" in file else file
        below = root["uns"].create_group("g0")
        below["x"] = np.zeros(1000)
        for i in range(1, int(rng.integers(5, 40))):
            group = root["uns"].create_group(f"g{i}")
            group["a"] = group["b"] = below
            below = group


def json_value(path, rng, good):
    """Change one value somewhere in the metadata of a store."""
    files = sorted([*path.rglob(".z*"), *path.rglob("zarr.json")])
    file = _pick(files, rng)
    meta = json.loads(file.read_text())
    node = meta
    while True:
        key = _pick(sorted(node), rng) if isinstance(node, dict) else int(rng.integers(len(node)))
        below = node[key]
        if not isinstance(below, dict | list) or not below or rng.random() < 0.2:
            break
        node = below
    choices = [
        -1,
        0,
        2**62,
        1e308,
        None,
        True,
        "",
        "|O",
        "../../x",
        [],
        {},
        [2**40],
        {"id": "pickle"},
        "pickle",
        "blosc",
    ]
    if isinstance(node, dict) and rng.random() < 0.2:
        del node[key]
    else:
        node[key] = _pick(choices, rng)
    file.write_text(json.dumps(meta))
    if rng.random() < 0.5:
        # without the consolidated copy the change is not noticed as a contradiction
        (path / ".zmetadata").unlink(missing_ok=True)
        root = path / "zarr.json"
        if root.exists():
            whole = json.loads(root.read_text())
            whole.pop("consolidated_metadata", None)
            root.write_text(json.dumps(whole))


def chunk(path, rng, good):
    """Remove a chunk, exchange it, link it to another file, or put a pipe in its place."""
    files = [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".z")]
    files = sorted(file for file in files if file.name != "zarr.json")
    file, other = _pick(files, rng), _pick(files, rng)
    how = int(rng.integers(5))
    content = other.read_bytes()
    file.unlink()
    if how == 1:
        file.write_bytes(content)
    elif how == 2:
        file.symlink_to(good / "canary.txt")
    elif how == 3:
        os.mkfifo(file)
    elif how == 4:
        file.mkdir()


def csv_structure(path, rng, good):
    """Repeat, remove, join or lengthen lines, columns and fields."""
    lines = path.read_text().splitlines()
    i, j = int(rng.integers(len(lines))), int(rng.integers(len(lines)))
    separator = "\t" if path.suffix == ".tsv" else ","
    fields = lines[i].split(separator)
    k = int(rng.integers(len(fields)))
    how = int(rng.integers(9))
    if how < 4:
        changed = [lines[i] + separator + lines[j], lines[j], "", lines[i] + separator][how]
        lines[i] = changed
    elif how < 7:
        fields[k] = [_pick(ODD_TEXT, rng), '"', 'a"b'][how - 4]
        lines[i] = separator.join(fields)
    else:
        lines = lines[:1] if how == 7 else [line.replace(separator, _pick([";", "\t", "|"], rng)) for line in lines]
    ending = _pick(["\n", "\r\n", "\r", "\n\n"], rng)
    path.write_bytes(ending.join(lines).encode(_pick(["utf-8", "utf-16", "latin-1"], rng), "replace"))


GENES = (
    "TRBV",
    "TRBV9*01,TRBV28",
    "TRBV9*99",
    "TRBV12-3/TRBV12-4",
    "TRBV9 or TRBV28",
    ",,;",
    "IGHV1-2*02",
    "(TRBV9",
    "TRBV9" * 5000,
    "trbv09",
    "V9",
    "TRAV29DV5",
    "[",
)
JUNCTIONS = (
    "C",
    "CF",
    "ASSVGETQY",
    "CASS*GETQYF",
    "CASS_GETQYF",
    "CASSXXXXGETQYF",
    "cassvgetqyf",
    "TGTGCCAGCAGCTTT",
    "C" + "A" * 70_000 + "F",
    "CASSVGETQYF;CAVF",
    "TRB:CASSVGETQYF",
    "CASSVGETQYW",
    "CÅSSF",
)
NUMBERS = ("-1", "1e400", "1e3", "0.5", "inf", "1_000", "9" * 400, "T", "2147483648", "0x10", "٣")


def change_field(path, rng, good):
    """Put odd genes, junctions, numbers or words into one field, one column, or a header."""
    separator = "," if path.suffix == ".csv" else "\t"
    rows = [line.split(separator) for line in path.read_text(encoding="utf-8").splitlines()]
    column = int(rng.integers(len(rows[0])))
    odd = _pick(_pick((GENES, JUNCTIONS, NUMBERS, ODD_TEXT), rng), rng)
    how = int(rng.integers(4))
    chosen = {
        0: range(1, len(rows)),
        1: [int(rng.integers(1, len(rows)))],
        2: [0],
        3: rng.permutation(np.arange(1, len(rows)))[:6].tolist(),
    }[how]
    for row in chosen:
        rows[row][column] = odd
    text = "\n".join(separator.join(row) for row in rows) + "\n"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def move_columns(path, rng, good):
    """Exchange, repeat, rename or remove columns, under the names that stay."""
    separator = "," if path.suffix == ".csv" else "\t"
    rows = [line.split(separator) for line in path.read_text(encoding="utf-8").splitlines()]
    i, j = (int(rng.integers(len(rows[0]))) for _ in range(2))
    how, start = int(rng.integers(4)), int(rng.integers(2))
    for row in rows[start:]:
        if how == 0:
            row[i], row[j] = row[j], row[i]
        elif how == 1:
            row.append(row[i])
        elif how == 2:
            del row[i]
        else:
            row[i] = row[j]
    path.write_text("\n".join(separator.join(row) for row in rows) + "\n", encoding="utf-8")


def pack(path, rng, good):
    """Pack the table with gzip, and sometimes cut or damage what was packed, or say nothing of it in the name."""
    packed = gzip.compress(path.read_bytes(), mtime=0)
    path.write_bytes(packed)
    how = int(rng.integers(4))
    if how in {1, 2}:
        (flip if how == 1 else truncate)(path, rng, good)
    if how != 3:
        path.rename(path.with_name(f"{path.name}.gz"))


_BYTES = (flip, truncate, splice)
_HDF5 = (
    *_BYTES,
    flip_structure,
    flip_structure,
    change_values,
    change_values,
    change_shape,
    change_dtype,
    change_attribute,
    remove,
    link,
    outside,
    declare,
    many_names,
)
_ZARR = (*_BYTES, json_value, json_value, json_value, chunk, chunk)
BASES = (
    ("good.h5ad", _HDF5),
    ("good.h5mu", _HDF5),
    ("good2.zarr", _ZARR),
    ("good3.zarr", _ZARR),
    ("good.csv", (*_BYTES, csv_structure, csv_structure)),
)
_TABLE = (*_BYTES, csv_structure, *[change_field] * 6, *[move_columns] * 2, pack)
RECEPTORS = tuple((name, _TABLE) for name in ("airr.tsv", "tenx.csv", "vdjdb.tsv"))
"""Tables of receptors, each as often as the others."""

SHARES = (0.45, 0.1, 0.15, 0.15, 0.15)
