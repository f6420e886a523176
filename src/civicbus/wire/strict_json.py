"""JSON without its traps: bounded in depth, no key twice, no value that is not JSON.

Python's own parser lets the last of two equal keys win, accepts `NaN`, `1e400` and lone surrogates,
and gives up on deep nesting with an error that no caller expects. Each of these is refused here.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, NoReturn

DEPTH_MAX = 32
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# A text, to be passed over whole, or a bracket.
_TEXT_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


class NotJsonError(ValueError):
    """The text is no JSON document that is taken here; says which rule, never what stood there."""


def parse(body: bytes, *, keep_numbers: bool = False) -> Any:
    """The value that a body spells; with `keep_numbers` a number is the text that spells it.

    Raises:
        NotJsonError: if it is not UTF-8 without a byte order mark, not JSON, has a key twice, a
            number outside the range of a double, a lone surrogate, or is nested too deeply.
    """
    if body.startswith(BYTE_ORDER_MARKS):
        raise NotJsonError("starts with a byte order mark; write UTF-8 without one")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJsonError("is not UTF-8") from None
    _check_depth(text)
    try:
        value = (_KEEPING_NUMBERS if keep_numbers else _DECODER).decode(text)
    except NotJsonError:
        raise
    except ValueError:  # also of an integer with thousands of digits
        raise NotJsonError("is not a JSON document") from None
    if "\\u" in text:  # only an escape can spell half of a pair
        _check_texts(value)
    return value


def _check_depth(text: str) -> None:
    """Count brackets outside of texts, before the parser's recursion meets them."""
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    depth = 0
    for match in _TEXT_OR_BRACKET.finditer(text):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise NotJsonError(f"is nested deeper than {DEPTH_MAX} levels")
        elif bracket in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJsonError("has a key twice in one object")
    return found


def _constant(_: str) -> NoReturn:
    raise NotJsonError("has NaN or Infinity, which are not JSON")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NotJsonError("has a number that no double holds")
    return value


def _float_text(text: str) -> str:
    _float(text)
    return text


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise NotJsonError("has half of a surrogate pair")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key)
            _check_texts(item)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)


# Made once: `json.loads` makes one for each text, which takes as long as to read a short one.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
_KEEPING_NUMBERS = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_float_text, parse_int=str
)
