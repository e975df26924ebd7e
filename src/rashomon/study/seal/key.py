"""Keys to sign with: Ed25519, as PEM files; the private one is readable by its owner only."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rashomon.core import UsageError, publish

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["KeyPair", "key_id", "keygen", "read_private", "read_public", "require_cryptography"]

_MOST_BYTES = 10_000
"""Of a key file; ours have some hundred."""


class KeyPair(NamedTuple):
    """Where the keys were written, and the identity under which signatures name them."""

    private: Path
    public: Path
    key_id: str


def keygen(path: Path | str) -> KeyPair:
    """Make a pair of keys.

    Parameters
    ----------
    path
        Of the private key (PEM, PKCS #8, not encrypted, mode 0600); the public one (PEM) has ``.pub`` appended.

    Raises
    ------
    UsageError
        ``sign.exists`` when one of the two files is there; ``sign.extra`` without the library.
    StoreError
        When they cannot be written.
    """
    require_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Path(path)
    public = private.with_name(f"{private.name}.pub")
    for file in (private, public):
        if file.exists() or file.is_symlink():
            raise UsageError(
                f"{file.name} exists",
                where=str(file),
                expected="a path where nothing stands: a key that is replaced is lost",
                fix="choose another name, or move the old key away",
                code="sign.exists",
            )
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with publish(private) as temporary:
        _write_secret(temporary, secret)
    with publish(public) as temporary:
        temporary.write_bytes(shown)
    return KeyPair(private, public, key_id(key.public_key()))


def _write_secret(path: Path, secret: bytes) -> None:
    # 0600 from the first moment: nobody may open it before the mode is set
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(secret)


def key_id(public: Ed25519PublicKey) -> str:
    """Return the sha256 (hex) of a `public` key in its standard form (DER, SubjectPublicKeyInfo)."""
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def read_private(path: Path | str) -> Ed25519PrivateKey:
    """Read a private key.

    Parameters
    ----------
    path
        PEM, as `keygen` writes it.

    Raises
    ------
    UsageError
        ``sign.key`` when it is no private Ed25519 key, or encrypted; ``sign.extra`` without the library.
    """
    require_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_content(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise _refused(path, "private")
    return key


def read_public(path: Path | str) -> Ed25519PublicKey:
    """Read a public key.

    Parameters
    ----------
    path
        PEM, as `keygen` writes it to ``.pub``.

    Raises
    ------
    UsageError
        ``sign.key`` when it is no public Ed25519 key; ``sign.extra`` without the library.
    """
    require_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_content(path))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise _refused(path, "public")
    return key


def require_cryptography() -> None:
    """Refuse to go on without the library that signs.

    Raises
    ------
    UsageError
        ``sign.extra`` with the line that installs it.
    """
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise UsageError(
            "signatures need the library cryptography, which is not installed",
            where="sign",
            fix='pip install "rashomon[sign]"',
            code="sign.extra",
        ) from None


def _content(path: Path | str) -> bytes:
    try:
        with Path(path).open("rb") as handle:
            return handle.read(_MOST_BYTES)
    except OSError as error:
        raise UsageError(
            f"cannot read the key: {error.strerror}", where=str(path), fix="give the path of a key", code="sign.key"
        ) from error


def _refused(path: Path | str, kind: str) -> UsageError:
    other = "the file with .pub appended holds the public key" if kind == "public" else "the file without .pub"
    return UsageError(
        f"{Path(path).name} is no {kind} Ed25519 key",
        where=str(path),
        expected=f"a {kind} key as rashomon keygen writes it ({other})",
        fix="make one with rashomon keygen",
        code="sign.key",
    )
