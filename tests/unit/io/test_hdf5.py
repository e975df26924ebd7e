import h5py
import numpy as np
import pytest

from rashomon.io import read, read_adata
from rashomon.io.hdf5 import entries, open_hdf5
from tests.sample import N_OBS, edited, good_file, refused


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


SECRET = b"the content of another file"


@pytest.fixture
def other(tmp_path):
    """Another HDF5 file, whose content must never be seen."""
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["secret"] = np.frombuffer(SECRET, dtype=np.uint8)
    return path


def test_a_truncated_file_is_refused_with_both_sizes(h5ad):
    """The bytes present and the bytes declared are named."""
    whole = h5ad.read_bytes()
    half = h5ad.with_name("half.h5ad")
    half.write_bytes(whole[: len(whole) // 2])
    with refused("file.truncated", what=f"has {len(whole) // 2:,} bytes and should have {len(whole):,}", where="half"):
        read(half)
    assert read(h5ad).n_obs == N_OBS


def test_a_destroyed_header_is_refused(h5ad):
    """A file with the right signature and nothing behind it is not a traceback."""
    h5ad.write_bytes(h5ad.read_bytes()[:8] + b"\xff" * 600)
    with refused("file.unreadable", what="good.h5ad cannot be opened", where="good.h5ad"):
        read(h5ad)


def test_an_external_link_is_refused_and_its_target_not_opened(h5ad, other):
    """The target is named, and may even be absent: it is never looked for."""
    with edited(h5ad) as file:
        file["uns/leak"] = h5py.ExternalLink(other.name, "/secret")
    other.unlink()
    with refused("file.link", what="/uns/leak is a link to '/secret' in file 'other.h5'", where="good.h5ad:/uns/leak"):
        read_adata(h5ad)


def test_external_storage_is_refused(h5ad, tmp_path):
    """A dataset whose bytes lie in a text file is refused, with the name of that file."""
    text = tmp_path / "secret.txt"
    text.write_bytes(SECRET)
    with edited(h5ad) as file:
        file.create_dataset("uns/leak", shape=(len(SECRET),), dtype="u1", external=[(str(text), 0, len(SECRET))])
    with refused("file.external", what="/uns/leak keeps its bytes in", where="good.h5ad:/uns/leak"):
        read(h5ad)
    with pytest.raises(Exception, match=r"secret\.txt"):
        read(h5ad)


def test_a_virtual_dataset_is_refused(h5ad, other):
    """A dataset assembled from another file is refused, with the name of that file."""
    layout = h5py.VirtualLayout(shape=(len(SECRET),), dtype="u1")
    layout[:] = h5py.VirtualSource(other.name, "secret", shape=(len(SECRET),))
    with edited(h5ad) as file:
        file.create_virtual_dataset("uns/leak", layout)
    with refused("file.virtual", what="/uns/leak is assembled from other.h5", where="good.h5ad:/uns/leak"):
        read(h5ad)


def test_a_group_that_contains_itself_is_refused(h5ad):
    """A hard link to an ancestor would never end."""
    with edited(h5ad) as file:
        file["uns/loop"] = file["uns"]
    with refused("file.cycle", what="group '/uns/loop' contains itself", where="good.h5ad:/uns/loop"):
        read(h5ad)


def test_two_soft_links_that_form_a_circle_are_refused(h5ad):
    """Circles are found through soft links too."""
    with edited(h5ad) as file:
        file.create_group("uns/a")["to"] = h5py.SoftLink("/uns/b")
        file.create_group("uns/b")["to"] = h5py.SoftLink("/uns/a")
    with refused("file.cycle", what="contains itself", where="good.h5ad:/uns"):
        read(h5ad)


def test_a_soft_link_to_nothing_is_refused(h5ad):
    """A dangling link is named with its target."""
    with edited(h5ad) as file:
        file["uns/gone"] = h5py.SoftLink("/nowhere")
    with refused("file.link", what="/uns/gone is a link to '/nowhere', which does not exist", where=":/uns/gone"):
        read(h5ad)


def test_links_inside_the_file_are_followed(h5ad):
    """A soft link to a dataset, and two names of one dataset, are no danger."""
    with edited(h5ad) as file:
        file["layers/again"] = h5py.SoftLink("/X")
        file["obsm/twice"] = file["obsm/X_pca"]
    adata = read_adata(h5ad)
    assert (adata.layers["again"] != adata.X).nnz == 0
    np.testing.assert_array_equal(adata.obsm["twice"], adata.obsm["X_pca"])


def test_a_deep_file_does_not_exhaust_the_walk(tmp_path):
    """The walk uses no recursion."""
    path = tmp_path / "deep.h5"
    with h5py.File(path, "w") as file:
        group = file
        for _ in range(1500):
            group = group.create_group("g")
        group["x"] = 1
    with open_hdf5(path) as file:
        assert max(entry.name.count("g") for entry in entries(file).values()) == 1500


@pytest.mark.parametrize("slot", ["X", "obsm/X_pca", "uns/big"])
def test_sizes_nobody_could_hold_are_refused_from_the_header(h5ad, slot):
    """A dataset that declares 240 TB and has none of it is refused before anything is allocated."""
    with edited(h5ad) as file:
        if slot in file:
            del file[slot]
        file.create_dataset(slot, shape=(10**7, 6 * 10**6), dtype="f4", chunks=(1000, 1000))
    assert h5ad.stat().st_size < 10**6
    with refused("file.budget", what="declares 240,000,000,000,000 bytes", where=f"good.h5ad:/{slot}"):
        read(h5ad)


def test_a_well_compressed_array_within_the_budget_is_read(h5ad):
    """Only what is both improbable and too large is refused."""
    with edited(h5ad) as file:
        file.create_dataset("uns/zeros", shape=(10**6,), dtype="f8", chunks=(1000,))
    assert read_adata(h5ad).uns["zeros"].sum() == 0
    with refused("file.budget", what="/uns/zeros declares 8,000,000 bytes", where=":/uns/zeros"):
        read_adata(h5ad, memory_budget=10**6)


def test_an_unknown_filter_is_refused(h5ad):
    """A dataset that needs a filter which is not installed is named, with the number of the filter."""
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((4,))
    plan.set_filter(32999, h5py.h5z.FLAG_OPTIONAL)
    with edited(h5ad) as file:
        space = h5py.h5s.create_simple((4,))
        h5py.h5d.create(file["uns"].id, b"odd", h5py.h5t.NATIVE_INT32, space, plan)
    with refused("file.codec", what="/uns/odd needs filter 32999", where="good.h5ad:/uns/odd"):
        read(h5ad)
