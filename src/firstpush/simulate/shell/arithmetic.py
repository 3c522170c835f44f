"""`$((…))` for the integers that scripts compute with. In: the text, the variables; out: an integer, or None."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\s*(?:(\d+)|\$?\{?([A-Za-z_]\w*)\}?|(<=|>=|==|!=|&&|\|\||[-+*/%()<>!]))")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))


def evaluate(text: str, variables: Mapping[str, str | None]) -> int | None:
    """The value, or None when an operand or an operator is not known."""
    tokens: list[str | int] = []
    at = 0
    text = text.rstrip()
    if len(text) > 1000:
        return None
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match.group(1):
            tokens.append(int(match.group(1)[:18]))
        elif match.group(2):
            value = variables.get(match.group(2), "0")
            if value is None or not re.fullmatch(r"\s*-?\d{0,18}\s*", value):
                return None
            tokens.append(int(value.strip() or "0"))
        else:
            tokens.append(match.group(3))
    try:
        value_, rest = _level(tokens, 0)
    except (ValueError, IndexError, ZeroDivisionError, RecursionError):
        return None
    return value_ if not rest else None


def _level(tokens: list[str | int], level: int) -> tuple[int, list[str | int]]:
    if level == len(_LEVELS):
        return _atom(tokens)
    left, rest = _level(tokens, level + 1)
    while rest and rest[0] in _LEVELS[level]:
        operator = rest[0]
        right, rest = _level(rest[1:], level + 1)
        left = _apply(str(operator), left, right)
    return left, rest


def _atom(tokens: list[str | int]) -> tuple[int, list[str | int]]:
    head = tokens[0]
    if isinstance(head, int):
        return head, tokens[1:]
    if head == "(":
        value, rest = _level(tokens[1:], 0)
        if rest[0] != ")":
            raise ValueError
        return value, rest[1:]
    if head in ("-", "+", "!"):
        value, rest = _atom(tokens[1:])
        return (-value if head == "-" else int(not value) if head == "!" else value), rest
    raise ValueError


def _apply(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return int(left / right)
        case "%":
            return left - right * int(left / right)
        case "&&":
            return int(bool(left) and bool(right))
        case "||":
            return int(bool(left) or bool(right))
        case "==":
            return int(left == right)
        case "!=":
            return int(left != right)
        case "<":
            return int(left < right)
        case ">":
            return int(left > right)
        case "<=":
            return int(left <= right)
        case _:
            return int(left >= right)
