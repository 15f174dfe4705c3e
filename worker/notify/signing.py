"""Signatures of messages, as Standard Webhooks 1.0.0 writes them (standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_PREFIX = "whsec_"


def signature(key: bytes, name: str, stamp: str, body: bytes) -> str:
    """`v1,BASE64`: HMAC-SHA256 over `ID.TIMESTAMP.BODY`."""
    signed = b".".join((name.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def key_bytes(secret: str) -> bytes:
    """The key behind a secret: the base64 after `whsec_`, else the text itself. Raises ValueError."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(f"what follows {_PREFIX} is not base64: {error}") from None
