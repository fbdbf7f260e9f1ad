"""Numbers as people type them: "35.5 mm", "0.0355 m", "2*1.5"."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from math import isfinite
from reprlib import repr as short_repr

_LONGEST = 1000
"""Letters; nested more deeply, an expression would exhaust the stack."""
_POWERS_OF_A_METRE = {"km": 3, "m": 0, "cm": -2, "mm": -3, "um": -6, "nm": -9}
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# A unit is what stands last and is letters or %; the e of "1e3" is followed by a digit.
_VALUE_AND_UNIT = re.compile(r"(.*?)\s*([a-zµμ%][a-zµμ%⁻ ]*)?", re.IGNORECASE | re.DOTALL)


def shown_unit(unit: str) -> str:
    """The unit as it is written on screen."""
    return {"um": "µm", "of full scale": "", "electrons": "e⁻"}.get(unit, unit)


def parse_quantity(text: str, unit: str) -> float:
    """The number in `text`, an expression of + - * / and parentheses with or without a unit, in `unit`.

    Raises ValueError with one line for people.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"{short_repr(text)} is too long for a number")
    match = _VALUE_AND_UNIT.fullmatch(text.replace("−", "-").strip())  # the window writes a true minus
    value, typed_unit = (match[1], match[2] or "") if match else (text, "")
    if not value:
        raise ValueError(f"type a number, such as 1.5 {shown_unit(unit)}".rstrip())
    if "," in value:
        raise ValueError(f"{short_repr(value)} is not a number; decimals follow a point, as in 1.5")
    try:
        number = _evaluate(ast.parse(value, mode="eval").body)
    except ZeroDivisionError:
        raise ValueError(f"{short_repr(value)} divides by zero") from None
    except OverflowError:
        raise ValueError(f"{short_repr(value)} is too large") from None
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{short_repr(value)} is not a number, nor a sum or product of numbers") from None
    number *= _factor(typed_unit.strip(), unit)
    if not isfinite(number):
        raise ValueError(f"{short_repr(value)} is too large")
    return number


def _evaluate(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        number = _evaluate(node.operand)
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left), _evaluate(node.right))
    raise ValueError


def _factor(typed: str, unit: str) -> float:
    """What a number in `typed` is multiplied by to stand in `unit`."""
    typed = re.sub("[µμ]", "u", typed)
    if typed in ("", unit, shown_unit(unit)):
        return 1.0
    if typed in _POWERS_OF_A_METRE and unit in _POWERS_OF_A_METRE:
        return 10.0 ** (_POWERS_OF_A_METRE[typed] - _POWERS_OF_A_METRE[unit])
    if typed == "%" and unit == "of full scale":
        return 0.01
    advice = f"use {shown_unit(unit)}" if shown_unit(unit) else "no unit"
    raise ValueError(f"{short_repr(typed)} does not fit here; {advice}")
