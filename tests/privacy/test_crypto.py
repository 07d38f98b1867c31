"""Published vectors, and every way of touching a ciphertext."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from gridgov.privacy import crypto, keys

CONTEXT = "accounts.user.phone:42"
SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def algorithm(request, settings):
    settings.PRIVACY_ALGORITHM = request.param
    return crypto.ALGORITHMS[request.param]


def test_sm3_agrees_with_the_example_of_its_standard():
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4_agrees_with_the_example_of_its_standard():
    encryptor = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()
    assert encryptor.update(SM4_KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_in_gcm_gives_a_known_ciphertext():
    body = crypto.sm4_gcm_encrypt(SM4_KEY, bytes(12), b"abc", b"")
    assert body.hex() == "d2710f" + "5106ba1dc0d73255f3700f658f6f7f1e"
    assert crypto.sm4_gcm_decrypt(SM4_KEY, bytes(12), body, b"") == b"abc"


def test_value_opens_in_its_place_only(algorithm):
    blob = crypto.seal("13800000001", CONTEXT)
    assert blob[:3] == bytes([crypto.VERSION, algorithm, 2])
    assert blob[3:5] == b"k1"
    assert b"138" not in blob
    assert crypto.unseal(blob, CONTEXT) == "13800000001"
    with pytest.raises(crypto.Tampered):
        crypto.unseal(blob, "accounts.user.phone:43")


def test_any_flipped_or_missing_byte_is_refused(algorithm):
    blob = crypto.seal("王小勤", CONTEXT)
    for place in range(len(blob)):
        flipped = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(crypto.Tampered):
            crypto.unseal(flipped, CONTEXT)
        with pytest.raises(crypto.Tampered):
            crypto.unseal(blob[:place], CONTEXT)


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_quietly(blob):
    with pytest.raises(crypto.Tampered):
        crypto.unseal(blob, CONTEXT)


@given(st.text())
def test_any_text_comes_back(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert crypto.unseal(crypto.seal(text, CONTEXT), CONTEXT) == text


def test_equal_values_look_different():
    assert crypto.seal("x", CONTEXT) != crypto.seal("x", CONTEXT)


def test_unknown_algorithm_stops_with_a_sentence(settings):
    settings.PRIVACY_ALGORITHM = "rot13"
    with pytest.raises(ImproperlyConfigured, match="must be one of"):
        crypto.seal("x", CONTEXT)


def test_missing_sm4_stops_with_a_sentence(settings, monkeypatch):
    settings.PRIVACY_ALGORITHM = "sm4-gcm"
    monkeypatch.setattr(crypto, "has_sm4", lambda: False)
    with pytest.raises(ImproperlyConfigured, match="no SM4"):
        crypto.seal("x", CONTEXT)


def test_blind_index_finds_equal_values_and_keeps_fields_apart():
    one = crypto.blind_index("138 0000-0001", "a.b.c")
    assert one == crypto.blind_index("１３８００００００01", "a.b.c")
    assert one != crypto.blind_index("13800000001", "a.b.d")
    assert len(one) == 16
    assert one != hashlib.sha256(b"13800000001").digest()[:16]


def test_key_ring_refuses_nonsense(settings):
    settings.PRIVACY_KEYS = ["k1:c2hvcnQ="]
    keys.ring.cache_clear()
    try:
        with pytest.raises(ImproperlyConfigured):
            keys.ring()
    finally:
        keys.ring.cache_clear()
