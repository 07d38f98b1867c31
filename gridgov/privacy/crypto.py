"""Authenticated encryption of single values. Header: version, algorithm, key id; then nonce and ciphertext."""

import hashlib
import hmac
import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gridgov.privacy import keys

VERSION = 1
AES_256_GCM = 1


class Tampered(Exception):
    """A stored value does not belong to this row and field, or was changed."""


def seal(text: str, context: str) -> bytes:
    """Encrypt `text` so that it opens only in `context` ("accounts.user.phone:42")."""
    key_id, key = keys.current()
    name = key_id.encode()
    header = bytes([VERSION, AES_256_GCM, len(name)]) + name
    nonce = secrets.token_bytes(12)
    return header + nonce + AESGCM(key).encrypt(nonce, text.encode(), header + context.encode())


def unseal(blob: bytes, context: str) -> str:
    """The text behind `blob`. Raises Tampered when the bytes were changed or moved to another row or field."""
    blob = bytes(blob)
    size = blob[2]
    header, nonce, body = blob[: 3 + size], blob[3 + size : 15 + size], blob[15 + size :]
    key = keys.ring().get(header[3:].decode())
    if key is None or header[0] != VERSION or header[1] != AES_256_GCM:
        raise Tampered(context)
    try:
        return AESGCM(key).decrypt(nonce, body, header + context.encode()).decode()
    except InvalidTag as error:
        raise Tampered(context) from error


def normalise(text: str) -> str:
    """Full-width digits and letters become plain, spaces and hyphens go, letters are upper case."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if c not in " -\u3000\t").upper()


def blind_index(text: str, purpose: str) -> bytes:
    """16 bytes by which equal values are found without being read; `purpose` keeps fields apart."""
    message = f"{purpose}\0{normalise(text)}".encode()
    return hmac.new(keys.index_key(), message, hashlib.sha256).digest()[:16]
