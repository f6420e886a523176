"""United Kingdom registration: the number under which a life event was registered.

There is no person number; the registration identifies. Source: UK Home Office, life event
verification service, field `id`.
"""

from __future__ import annotations


def compact(text: str) -> str:
    return text.replace(" ", "")


def problem(number: str) -> str | None:
    if not 1 <= len(number) <= 12 or not number.isascii() or not number.isdigit():
        return "one to twelve digits are needed"
    return None
