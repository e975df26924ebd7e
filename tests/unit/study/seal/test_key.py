"""Keys: made once, never replaced, private to their owner, of one kind."""

import stat
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from rashomon.core import UsageError
from rashomon.study.seal.key import key_id, keygen, read_private, read_public, require_cryptography

PEM = serialization.Encoding.PEM


def test_a_pair_belongs_together(tmp_path):
    """The public key is that of the private one, and both have the identity that was told."""
    pair = keygen(tmp_path / "mine")
    assert pair.public.name == "mine.pub"
    assert key_id(read_private(pair.private).public_key()) == key_id(read_public(pair.public)) == pair.key_id


def test_the_private_key_is_private(tmp_path):
    """Only the owner can read it, whatever the umask; no other file is left."""
    pair = keygen(tmp_path / "mine")
    assert stat.S_IMODE(pair.private.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "mine.pub"]


@pytest.mark.parametrize("name", ["mine", "mine.pub"])
def test_no_key_is_replaced(tmp_path, name):
    """Where one of the two files stands, nothing is written."""
    (tmp_path / name).write_text("old")
    with pytest.raises(UsageError, match="exists") as caught:
        keygen(tmp_path / "mine")
    assert caught.value.code == "sign.exists"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_other_keys_are_refused(tmp_path):
    """Another algorithm, an encrypted key, the other half of a pair, no key at all, no file."""
    pair = keygen(tmp_path / "mine")
    curve = ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    (tmp_path / "curve").write_bytes(curve.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    locked = serialization.BestAvailableEncryption(b"secret")
    secret = ed25519.Ed25519PrivateKey.generate()
    (tmp_path / "locked").write_bytes(secret.private_bytes(PEM, serialization.PrivateFormat.PKCS8, locked))
    (tmp_path / "text").write_text("hello")
    for path in (pair.public, tmp_path / "curve", tmp_path / "locked", tmp_path / "text", tmp_path / "none"):
        with pytest.raises(UsageError, match="key") as caught:
            read_private(path)
        assert caught.value.code == "sign.key"
    for path in (pair.private, tmp_path / "curve", tmp_path / "text", tmp_path / "none"):
        with pytest.raises(UsageError, match="key") as caught:
            read_public(path)
        assert caught.value.code == "sign.key"


def test_without_the_library_it_says_what_to_install(monkeypatch):
    """The extra is named in a line that can be pasted."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(UsageError, match="not installed") as caught:
        require_cryptography()
    assert caught.value.fix == 'pip install "rashomon[sign]"'
