"""SCRAM-SHA-512 with an API key, as the server speaks it (RFC 5802, 26 and later)."""

import base64
import binascii
from dataclasses import dataclass
import hashlib
import hmac
import secrets

ITERATIONS = 50_000
"""The least that TrueNAS' own client accepts."""

_BINDING = "p=tls-server-end-point"
_NONCE_BYTES = 32


class Refused(Exception):
    """The exchange has failed: wrong user, wrong proof, or words that make no sense."""


@dataclass(frozen=True)
class Exchange:
    """An exchange whose first half is done; messages as they went over the wire."""

    client_first: str
    server_first: str
    nonce: str
    header: str
    salt: bytes


def begin(client_first: str, owner: str) -> Exchange:
    """Answer a client-first message; `owner` is USER:KEY. Raise Refused."""
    header, comma, bare = client_first.partition(",,")
    fields = _fields(bare)
    if not comma or fields.get("n") != owner:
        raise Refused
    nonce = _encoded(_decoded(fields.get("r", "")) + secrets.token_bytes(_NONCE_BYTES))
    salt = secrets.token_bytes(16)
    server_first = f"r={nonce},s={_encoded(salt)},i={ITERATIONS}"
    return Exchange(bare, server_first, nonce, header, salt)


def finish(
    exchange: Exchange, client_final: str, secret: str, certificate: bytes | None
) -> str:
    """Return the server-final message if the proof is right; raise Refused.

    `secret` is the key without its number, `certificate` the SHA-256 of ours.
    """
    fields = _fields(client_final)
    binding = b""
    if exchange.header == _BINDING:
        if certificate is None:
            raise Refused
        binding = certificate
    bound = f"{exchange.header},,".encode() + binding
    if _decoded(fields.get("c", "")) != bound or fields.get("r") != exchange.nonce:
        raise Refused
    salted = hashlib.pbkdf2_hmac("sha512", secret.encode(), exchange.salt, ITERATIONS)
    client_key = _mac(salted, b"Client Key")
    stored_key = hashlib.sha512(client_key).digest()
    without_proof = client_final.rpartition(",p=")[0]
    said = f"{exchange.client_first},{exchange.server_first},{without_proof}".encode()
    proof = _decoded(fields.get("p", ""))
    signature = _mac(stored_key, said)
    if len(proof) != len(signature):
        raise Refused
    shown = bytes(one ^ other for one, other in zip(proof, signature, strict=True))
    if not hmac.compare_digest(hashlib.sha512(shown).digest(), stored_key):
        raise Refused
    return "v=" + _encoded(_mac(_mac(salted, b"Server Key"), said))


def _fields(message: str) -> dict[str, str]:
    parts = (part.partition("=") for part in message.split(","))
    return {name: value for name, _, value in parts}


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha512")


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Refused from None
