"""Signatures: the published vectors, a round trip, and every way in which one does not hold."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from rashomon.core import StoreError
from rashomon.study.seal.canonical import write_canonical
from rashomon.study.seal.key import keygen, read_public
from rashomon.study.seal.signature import PAYLOAD_TYPE, pae, read_envelope, sign, verify_signature

# https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md#test-vectors
X = 46950820868899156662930047687818585632848591499744589407958293238635476079160
Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
SIG = "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="

# RFC 8032, section 7.1, tests 2 and 3: secret key, public key, message, signature
RFC_8032 = [
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.fixture
def signed(tmp_path):
    """A signed statement, the key beside it."""
    pair = keygen(tmp_path / "key")
    folder = tmp_path / "study"
    write_canonical(folder / "statement.json", {"_type": "any", "subject": []})
    assert sign(folder, pair.private) == pair.key_id
    return folder, pair


def test_the_encoding_is_that_of_the_specification():
    """The published signature of the published example verifies over our encoding of it."""
    public = ec.EllipticCurvePublicNumbers(X, Y, ec.SECP256R1()).public_key()
    raw = base64.b64decode(SIG)
    r, s = (int.from_bytes(raw[i : i + 32], "big") for i in (0, 32))
    encoded = pae("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    public.verify(utils.encode_dss_signature(r, s), encoded, ec.ECDSA(hashes.SHA256()))


def test_lengths_count_bytes():
    """The length of a type is that of its UTF-8."""
    assert pae("é", b"\x00 ") == b"DSSEv1 2 \xc3\xa9 2 \x00 "


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_library_signs_as_the_standard_says(secret, public, message, signature):
    """The vectors of RFC 8032 hold: what we call Ed25519 is what everybody does."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert raw.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature


def test_a_signature_is_that_of_the_standard(signed):
    """The envelope has the fields of DSSE, and the library alone verifies it."""
    folder, pair = signed
    envelope = json.loads((folder / "signature.json").read_text())
    assert sorted(envelope) == ["payload", "payloadType", "signatures"]
    payload = base64.b64decode(envelope["payload"])
    assert payload == (folder / "statement.json").read_bytes()
    (given,) = envelope["signatures"]
    body = b"DSSEv1 28 application/vnd.in-toto+json %d %b" % (len(payload), payload)
    read_public(pair.public).verify(base64.b64decode(given["sig"]), body)
    assert given["keyid"] == verify_signature(folder, pair.public) == pair.key_id
    assert envelope["payloadType"] == PAYLOAD_TYPE


def test_another_key_is_refused(signed, tmp_path):
    """Only the key that signed verifies."""
    folder, _ = signed
    other = keygen(tmp_path / "other")
    with pytest.raises(StoreError, match="was not made with this key: the file names another key") as caught:
        verify_signature(folder, other.public)
    assert caught.value.code == "seal.signature"


def test_another_statement_is_refused(signed):
    """A statement that changed is not the one that was signed, key or no key."""
    folder, pair = signed
    write_canonical(folder / "statement.json", {"_type": "any", "subject": [1]})
    for check in (lambda: read_envelope(folder), lambda: verify_signature(folder, pair.public)):
        with pytest.raises(StoreError, match="not the one that was signed"):
            check()


@pytest.mark.parametrize("name", ["payload", "payloadType", "keyid", "sig"])
def test_every_part_of_the_envelope_counts(signed, name):
    """A changed character of any part is found."""
    folder, pair = signed
    envelope = json.loads((folder / "signature.json").read_text())
    inside = envelope if name in envelope else envelope["signatures"][0]
    text = inside[name]
    inside[name] = ("b" if text[0] == "a" else "a") + text[1:]
    write_canonical(folder / "signature.json", envelope)
    with pytest.raises(StoreError, match=r"signature|signed"):
        verify_signature(folder, pair.public)


def test_a_file_of_another_form_is_refused(signed):
    """No signatures, two of them, other types: none of ours."""
    folder, _ = signed
    good = json.loads((folder / "signature.json").read_text())
    for bad in ({}, {**good, "signatures": []}, {**good, "signatures": good["signatures"] * 2}, {**good, "payload": 3}):
        write_canonical(folder / "signature.json", bad)
        with pytest.raises(StoreError, match="none of ours"):
            read_envelope(folder)
