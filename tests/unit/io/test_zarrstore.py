import json
import shutil
import warnings

import anndata as ad
import pytest

from rashomon.io import read
from rashomon.io.zarrstore import check_zarr
from tests.sample import N_OBS, refused, small

BUDGET = 2**30


@pytest.fixture(scope="module", params=[2, 3], ids=["v2", "v3"])
def written(tmp_path_factory, request):
    """The small AnnData as a zarr store, in both versions of the format."""
    path = tmp_path_factory.mktemp("zarr") / "written.zarr"
    with warnings.catch_warnings(), ad.settings.override(zarr_write_format=request.param):
        warnings.simplefilter("ignore")
        small().write_zarr(path)
    return path


@pytest.fixture
def store(written, tmp_path):
    """A good store that may be damaged."""
    return shutil.copytree(written, tmp_path / "good.zarr")


def metadata(store, name):
    """Path of the metadata of an array."""
    version_2 = store / name / ".zarray"
    return version_2 if version_2.exists() else store / name / "zarr.json"


def chunks(store, name):
    """Paths of the chunks of an array."""
    files = [path for path in (store / name).rglob("*") if path.is_file()]
    return sorted(path for path in files if not path.name.startswith(".z") and path.suffix != ".json")


def consolidated(store):
    """Path of the consolidated metadata."""
    return next(path for path in (store / ".zmetadata", store / "zarr.json") if path.exists())


def change(store, name, **entries):
    """Change the metadata of an array, in its own file and in the consolidated copy."""
    path = metadata(store, name)
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))
    copy = consolidated(store)
    meta = json.loads(copy.read_text())
    listed = meta["metadata"] if path.name == ".zarray" else meta["consolidated_metadata"]["metadata"]
    listed[f"{name}/.zarray" if path.name == ".zarray" else name] |= entries
    copy.write_text(json.dumps(meta))


def test_a_good_store_is_read(store):
    """Both versions of the format are read, without notes."""
    assert check_zarr(store, budget=BUDGET) == ()
    assert read(store).n_obs == N_OBS


def test_a_chunk_that_is_a_symbolic_link_is_refused(store, tmp_path):
    """A link would put the bytes of any file into the analysis."""
    chunk = chunks(store, "X/data")[0]
    target = tmp_path / "secret.txt"
    shutil.move(chunk, target)
    chunk.symlink_to(target)
    place = chunk.relative_to(store).as_posix()
    with refused("file.link", what=f"{place} is a symbolic link", where=f"good.zarr/{place}"):
        read(store)


def test_a_folder_that_is_a_symbolic_link_is_refused(store, tmp_path):
    """Folders are looked at like files, and not entered."""
    shutil.move(store / "obsm", tmp_path / "obsm")
    (store / "obsm").symlink_to(tmp_path / "obsm")
    with refused("file.link", what="obsm is a symbolic link", where="good.zarr/obsm"):
        read(store)


@pytest.mark.parametrize("position", [0, 1])
def test_a_pickle_filter_is_refused_before_opening(store, position):
    """The pickle codec runs code; it is refused alone and behind a text filter."""
    name = "obs/_index"
    if metadata(store, name).name == ".zarray":
        entries = {"filters": [{"id": "vlen-utf8"}, {"id": "pickle"}][1 - position :]}
    else:
        entries = {"codecs": [{"name": "vlen-utf8"}, {"name": "numcodecs.pickle"}][1 - position :]}
    change(store, name, **entries)
    with refused("file.codec", what="pickle'", where=f"good.zarr/{name}"):
        read(store)


def test_a_codec_inside_shards_is_found(tmp_path):
    """Shards have codecs of their own."""
    store = tmp_path / "a.zarr"
    inner = {"name": "sharding_indexed", "configuration": {"codecs": [{"name": "evil"}], "index_codecs": ["bytes"]}}
    grid = {"name": "regular", "configuration": {"chunk_shape": [4]}}
    store.mkdir()
    meta = {"node_type": "array", "shape": [4], "data_type": "int8", "chunk_grid": grid, "codecs": [inner]}
    (store / "zarr.json").write_text(json.dumps(meta))
    with refused("file.codec", what="uses the filter 'evil'", where="a.zarr/."):
        check_zarr(store, budget=BUDGET)


@pytest.mark.parametrize("name", ["X/data", "X/indices", "X/indptr", "obs/_index"])
def test_missing_chunks_of_the_matrix_are_refused(store, name):
    """They would read as zeros."""
    for chunk in chunks(store, name):
        chunk.unlink()
    with refused("file.chunks", what=f"1 of 1 chunks of {name} are absent", where=f"good.zarr/{name}"):
        read(store)


def test_missing_chunks_elsewhere_are_noted(store):
    """Writers leave out chunks of zeros, so elsewhere an absent chunk is legitimate; it is said."""
    for chunk in chunks(store, "obsm/X_pca"):
        chunk.unlink()
    notes = read(store).rows.notes
    said = "1 of 1 chunks of obsm/X_pca are absent and read as zero or empty text"
    assert f"good.zarr: {said} [file.absent_chunks]" in notes


def test_outdated_consolidated_metadata_are_refused(store):
    """Two readers of one store must see one matrix."""
    path = metadata(store, "X/data")
    meta = json.loads(path.read_text())
    path.write_text(json.dumps(meta | {"shape": [meta["shape"][0] - 1]}))
    with refused("file.metadata", what="others: X/data/", where="good.zarr"):
        read(store)


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": NaN}}', "[" * 100_000])
def test_metadata_that_are_no_json_object_are_refused(store, text):
    """Broken metadata are named by their file."""
    path = metadata(store, "X/data")
    path.write_text(text)
    with refused("file.metadata", what="is not a JSON object", where=f"good.zarr/X/data/{path.name}"):
        read(store)


def test_consolidated_metadata_without_a_listing_are_refused(store):
    """The consolidated copy is a listing."""
    path = consolidated(store)
    meta = json.loads(path.read_text())
    if path.name == ".zmetadata":
        meta["metadata"] = 3
    else:
        meta["consolidated_metadata"]["metadata"] = 3
    path.write_text(json.dumps(meta))
    with refused("file.metadata", what=f"{path.name} lists no metadata", where=f"good.zarr/{path.name}"):
        read(store)


def test_negative_shapes_are_refused(store):
    """A shape is a size."""
    change(store, "X/data", shape=[-5])
    with refused("file.metadata", what="X/data has shape (-5,)", where="good.zarr/X/data"):
        read(store)


def test_metadata_without_a_shape_are_refused(store):
    """What does not describe an array is named."""
    path = metadata(store, "X/data")
    meta = json.loads(path.read_text())
    del meta["shape"]
    path.write_text(json.dumps(meta))
    with refused("file.metadata", what="not described as an array: KeyError('shape')", where="good.zarr/X/data"):
        read(store)


def test_declared_sizes_are_held_against_the_files(store):
    """A store that declares terabytes and has bytes is refused before anything is allocated."""
    shape = [10**7, 10**6]
    grid = {"name": "regular", "configuration": {"chunk_shape": shape}}
    version_2 = metadata(store, "obsm/X_pca").name == ".zarray"
    change(store, "obsm/X_pca", shape=shape, **({"chunks": shape} if version_2 else {"chunk_grid": grid}))
    with refused("file.budget", what="obsm/X_pca declares 40,000,000,000,000 bytes", where="good.zarr/obsm/X_pca"):
        read(store)
