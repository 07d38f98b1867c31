"""Authenticated encryption of single values. Header: version, algorithm, key id; then nonce and ciphertext."""

import hashlib
import hmac
import secrets
import unicodedata
from functools import lru_cache

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gridgov.privacy import keys

VERSION = 1
AES_256_GCM = 1
SM4_GCM = 2
ALGORITHMS = {"aes-256-gcm": AES_256_GCM, "sm4-gcm": SM4_GCM}
NONCE, TAG = 12, 16  # bytes


class Tampered(Exception):
    """A stored value does not belong to this row and field, or was changed."""


@lru_cache(maxsize=1)
def has_sm4() -> bool:
    """Whether this machine's OpenSSL was built with SM4."""
    try:
        Cipher(algorithms.SM4(bytes(16)), modes.GCM(bytes(NONCE))).encryptor()
    except UnsupportedAlgorithm:
        return False
    return True


def algorithm() -> int:
    """The algorithm of new values, from PRIVACY_ALGORITHM. ImproperlyConfigured when it cannot be had here."""
    name = settings.PRIVACY_ALGORITHM
    if name not in ALGORITHMS:
        raise ImproperlyConfigured(f"GRIDGOV_PRIVACY_ALGORITHM is {name!r}; it must be one of {', '.join(ALGORITHMS)}.")
    if ALGORITHMS[name] == SM4_GCM and not has_sm4():
        raise ImproperlyConfigured("GRIDGOV_PRIVACY_ALGORITHM is sm4-gcm, but this OpenSSL has no SM4.")
    return ALGORITHMS[name]


def sm4_gcm_encrypt(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """Ciphertext and 16-byte tag (GB/T 32907 in GCM); `bound` is authenticated beside it. Key of 16 bytes."""
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def sm4_gcm_decrypt(key: bytes, nonce: bytes, body: bytes, bound: bytes) -> bytes:
    """The plain bytes. InvalidTag when anything was changed."""
    if len(body) < TAG:
        raise InvalidTag
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, body[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(bound)
    return decryptor.update(body[:-TAG]) + decryptor.finalize()


def _sm4_key(key: bytes) -> bytes:
    """SM4 takes 16 bytes: they are derived from the ring's 32, so that one key never serves two ciphers."""
    return hmac.new(key, b"gridgov sm4-gcm", hashlib.sha256).digest()[:16]


def current_header() -> bytes:
    """How every value sealed from now on begins; what begins otherwise is due for rotation."""
    name = keys.current()[0].encode()
    return bytes([VERSION, algorithm(), len(name)]) + name


def seal(text: str, context: str) -> bytes:
    """Encrypt `text` so that it opens only in `context` ("accounts.user.phone:42")."""
    return seal_bytes(text.encode(), context)


def seal_bytes(plain: bytes, context: str) -> bytes:
    """The same for a whole file; it is held in memory, so whoever calls caps its size."""
    header, key = current_header(), keys.current()[1]
    nonce, bound = secrets.token_bytes(NONCE), header + context.encode()
    if header[1] == SM4_GCM:
        return header + nonce + sm4_gcm_encrypt(_sm4_key(key), nonce, plain, bound)
    return header + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def unseal(blob: bytes, context: str) -> str:
    """The text behind `blob`. Raises Tampered when the bytes were changed or moved to another row or field."""
    return unseal_bytes(blob, context).decode()


def unseal_bytes(blob: bytes, context: str) -> bytes:
    """The same for a whole file."""
    blob = bytes(blob)
    size = 3 + blob[2] if len(blob) > 2 else 0
    header, nonce, body = blob[:size], blob[size : size + NONCE], blob[size + NONCE :]
    key = keys.ring().get(header[3:].decode(errors="replace"))
    if key is None or len(body) < TAG or header[0] != VERSION:
        raise Tampered(context)
    bound = header + context.encode()
    try:
        if header[1] == SM4_GCM and has_sm4():
            return sm4_gcm_decrypt(_sm4_key(key), nonce, body, bound)
        if header[1] == AES_256_GCM:
            return AESGCM(key).decrypt(nonce, body, bound)
    except InvalidTag as error:
        raise Tampered(context) from error
    raise Tampered(context)


def normalise(text: str) -> str:
    """Full-width digits and letters become plain, spaces and hyphens go, letters are upper case."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if c not in " -\u3000\t").upper()


def blind_index(text: str, purpose: str) -> bytes:
    """16 bytes by which equal values are found without being read; `purpose` keeps fields apart."""
    message = f"{purpose}\0{normalise(text)}".encode()
    return hmac.new(keys.index_key(), message, hashlib.sha256).digest()[:16]
