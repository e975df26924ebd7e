"""The signature of a statement: a DSSE envelope with Ed25519 over the pre-authentication encoding."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, NamedTuple

from rashomon.core import StoreError
from rashomon.study.seal.canonical import read_canonical, write_canonical
from rashomon.study.seal.key import key_id, read_private, read_public
from rashomon.study.seal.manifest import SIGNATURE, STATEMENT

__all__ = ["PAYLOAD_TYPE", "Envelope", "pae", "read_envelope", "sign", "verify_signature"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Envelope(NamedTuple):
    """What a signature file says: the statement that was signed, who says to have signed it, the signature."""

    payload: bytes
    key_id: str
    signature: bytes


def pae(kind: str, body: bytes) -> bytes:
    """Return the bytes that are signed: the pre-authentication encoding of DSSE 1.0.

    Parameters
    ----------
    kind
        Type of the payload.
    body
        The payload.

    Examples
    --------
    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    named = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(named), named, len(body), body)


def sign(folder: Path | str, key: Path | str) -> str:
    """Sign the statement of a study into ``signature.json``.

    Parameters
    ----------
    folder
        A sealed study.
    key
        The private key, see `rashomon.study.seal.keygen`.

    Returns
    -------
    The identity of the key: the sha256 (hex) of the public one.

    Raises
    ------
    StoreError
        ``seal.missing`` or ``seal.damaged`` where there is no sound statement.
    UsageError
        ``sign.key`` or ``sign.extra``.
    """
    path = Path(folder)
    private = read_private(key)
    read_canonical(path / STATEMENT)
    payload = (path / STATEMENT).read_bytes()
    envelope = Envelope(payload, key_id(private.public_key()), private.sign(pae(PAYLOAD_TYPE, payload)))
    write_canonical(path / SIGNATURE, _as_dict(envelope))
    return envelope.key_id


def verify_signature(folder: Path | str, public_key: Path | str) -> str:
    """Check the signature of a study with a public key.

    Parameters
    ----------
    folder
        The study.
    public_key
        Of the one who is said to have signed; it must come from them, not from the folder.

    Returns
    -------
    The identity of the key.

    Raises
    ------
    StoreError
        ``seal.missing`` without a signature; ``seal.signature`` when another key signed, the statement is not the one
        that was signed, or the signature is wrong.
    UsageError
        ``sign.key`` or ``sign.extra``.
    """
    from cryptography.exceptions import InvalidSignature

    public = read_public(public_key)
    envelope = read_envelope(Path(folder))
    identity = key_id(public)
    try:
        public.verify(envelope.signature, pae(PAYLOAD_TYPE, envelope.payload))
    except InvalidSignature:
        said = "another key" if envelope.key_id != identity else "this key, and the signature is wrong"
        raise _refused(f"the signature was not made with this key: the file names {said}") from None
    # a hint that nobody signs; wrong, it would still be a changed byte
    if envelope.key_id != identity:
        raise _refused("the signature names another key than the one that made it")
    return identity


def read_envelope(folder: Path) -> Envelope:
    """Read the signature of a study and compare it with the statement; the signature itself is not checked.

    Parameters
    ----------
    folder
        The study.

    Raises
    ------
    StoreError
        ``seal.missing``, ``seal.damaged``, or ``seal.signature`` when it signs another statement.
    """
    found = read_canonical(folder / SIGNATURE)
    try:
        (signed,) = found["signatures"]
        payload, signature = (base64.b64decode(text, validate=True) for text in (found["payload"], signed["sig"]))
        envelope = Envelope(payload, signed["keyid"], signature)
        sound = found == _as_dict(envelope)
    except (KeyError, TypeError, ValueError, binascii.Error):
        sound = False
    if not sound:
        raise StoreError(f"{SIGNATURE} is none of ours", where=str(folder), code="seal.damaged")
    try:
        statement = (folder / STATEMENT).read_bytes()
    except OSError:
        statement = b""
    if statement != envelope.payload:
        raise _refused(f"{STATEMENT} is not the one that was signed")
    return envelope


def _as_dict(envelope: Envelope) -> dict[str, Any]:
    signed = {"keyid": envelope.key_id, "sig": base64.b64encode(envelope.signature).decode()}
    payload = base64.b64encode(envelope.payload).decode()
    return {"payloadType": PAYLOAD_TYPE, "payload": payload, "signatures": [signed]}


def _refused(what: str) -> StoreError:
    return StoreError(
        what,
        where=SIGNATURE,
        expected="a statement as it was signed, and the key of the one who signed it",
        fix="ask the author for the study, or for the public key",
        code="seal.signature",
    )
