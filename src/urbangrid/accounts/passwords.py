"""Rules of passwords, as functions of values (HD-9.1.3)."""

from __future__ import annotations

LEAST = 10
KINDS = 3
COMMON = ("password", "qwerty", "123456", "111111", "abc123", "admin", "asdfgh", "1q2w3e", "iloveyou", "12345678")
"""Pieces that guessing starts with; a password that mostly consists of one is refused."""


def faults(password: str, username: str, name: str) -> list[str]:
    """Codes of what is wrong: short, few_kinds, contains_name, common; empty when the password will do."""
    found = []
    if len(password) < LEAST:
        found.append("short")
    kinds = (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())
    if sum(any(kind(character) for character in password) for kind in kinds) < KINDS:
        found.append("few_kinds")
    lowered = password.lower()
    if any(part and part.lower() in lowered for part in (username, name)):
        found.append("contains_name")
    if any(piece in lowered and len(password) - len(piece) < 5 for piece in COMMON):
        found.append("common")
    return found
