"""Encryption at rest: AES-256-GCM under data keys, which master keys wrap.

Layout of a ciphertext: 1 byte version, 8 bytes key mark, 12 bytes nonce, ciphertext, 16-byte tag.
The associated data names table, column and row, so a ciphertext moved elsewhere does not open.
Nonces are random (NIST SP 800-38D, 8.2.2): at most 2**32 messages under one key, which a key a
student keeps far away.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import hmac
import os
import uuid
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyFault, WordsGone

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE = 12
_MARK = 8
_HEAD = 1 + _MARK + _NONCE


def associated_data(table: str, column: str, row_id: uuid.UUID) -> bytes:
    """Where a ciphertext belongs."""
    return f"{table}.{column}:{row_id.hex}".encode()


class Cipher:
    """Opens and closes values under one data key."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._mark = hashlib.sha256(b"handrail key mark" + key).digest()[:_MARK]

    def close(self, value: bytes | str, table: str, column: str, row_id: uuid.UUID) -> bytes:
        """Encrypt a value for one place."""
        plain = value.encode() if isinstance(value, str) else value
        nonce = os.urandom(_NONCE)
        sealed = self._aead.encrypt(nonce, plain, associated_data(table, column, row_id))
        return _VERSION + self._mark + nonce + sealed

    def open(self, value: bytes | None, table: str, column: str, row_id: uuid.UUID) -> bytes:
        """Decrypt a value of one place; WordsGone when erased, KeyFault when it does not fit."""
        if value is None:
            raise WordsGone(f"{table}.{column}")
        if value[:1] != _VERSION or value[1 : 1 + _MARK] != self._mark:
            raise KeyFault(f"{table}.{column} was closed under another key")
        try:
            return self._aead.decrypt(
                value[1 + _MARK : _HEAD], value[_HEAD:], associated_data(table, column, row_id)
            )
        except InvalidTag as fault:
            raise KeyFault(f"{table}.{column} does not open: moved or damaged") from fault


@dataclasses.dataclass(frozen=True)
class MasterKey:
    """One key of HANDRAIL_KEYS; it wraps other keys and nothing else."""

    id: str
    _key: bytes = dataclasses.field(repr=False)

    def wrap(self, key: bytes, row_id: uuid.UUID) -> bytes:
        """Close a data key for its row."""
        return Cipher(self._key).close(key, "data_keys", "wrapped", row_id)

    def unwrap(self, wrapped: bytes, row_id: uuid.UUID) -> bytes:
        """Open a data key of a row."""
        return Cipher(self._key).open(wrapped, "data_keys", "wrapped", row_id)


@dataclasses.dataclass(frozen=True)
class MasterKeys:
    """All keys of HANDRAIL_KEYS, newest first."""

    keys: tuple[MasterKey, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64,id:base64`; KeyFault says which one is wrong, never its value."""
        keys = []
        for place, part in enumerate(filter(None, (p.strip() for p in text.split(","))), start=1):
            key_id, colon, encoded = part.partition(":")
            try:
                raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            except (binascii.Error, ValueError) as fault:
                raise KeyFault(f"key {place} of HANDRAIL_KEYS is not base64") from fault
            if not colon or not key_id.isalnum() or len(key_id) > 16:
                raise KeyFault(f"key {place} of HANDRAIL_KEYS needs the form NAME:BASE64")
            if len(raw) != KEY_BYTES:
                raise KeyFault(f"key {place} of HANDRAIL_KEYS is not {KEY_BYTES} bytes long")
            keys.append(MasterKey(key_id, raw))
        if not keys:
            raise KeyFault("HANDRAIL_KEYS is empty")
        if len({key.id for key in keys}) != len(keys):
            raise KeyFault("two keys of HANDRAIL_KEYS have the same name")
        return cls(tuple(keys))

    @property
    def newest(self) -> MasterKey:
        """The key that wraps from now on."""
        return self.keys[0]

    def find(self, key_id: str) -> MasterKey:
        """The key of that name; KeyFault names what is missing."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyFault(f"the database needs master key {key_id!r}, which HANDRAIL_KEYS lacks")


def make_master_key(key_id: str) -> str:
    """A fresh entry for HANDRAIL_KEYS."""
    return f"{key_id}:{base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip('=')}"


def keyed_hash(key: bytes, purpose: str, value: str) -> bytes:
    """HMAC-SHA-256 for look-ups: equal values meet, nobody without the key can guess them."""
    return hmac.digest(key, f"{purpose}\x00{value}".encode(), "sha256")
