"""A function means the same without its decorator, and mutmut may change it."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.mutation.undecorate import REWRITTEN, undecorated
from tests.needs import ROOT

SOURCE = '''
from functools import cached_property

class Circle:
    """Has a radius."""

    def __init__(self, radius):
        self.radius = radius
        self.measured = 0

    @property
    def diameter(self):
        """Twice the radius."""
        return 2 * self.radius

    @cached_property
    def area(self):
        self.measured += 1
        return 3 * self.radius * self.radius

    @staticmethod
    def unit():
        return Circle(1)
'''


def test_properties_answer_as_before_and_what_is_cached_is_worked_out_once() -> None:
    names: dict[str, Any] = {}
    exec(undecorated(SOURCE), names)
    circle = names["Circle"](2)
    assert (circle.diameter, circle.area, circle.area, circle.measured) == (4, 12, 12, 1)
    assert names["Circle"].unit().radius == 1


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src/civicbus/domain").rglob("*.py")), ids=lambda path: path.stem
)
def test_no_property_of_the_domain_is_left_with_its_decorator(path: Any) -> None:
    source = path.read_text(encoding="utf-8")
    again = undecorated(source)
    assert _decorated(again) == []
    assert all(f"{name} = {kind}({name})" in again for name, kind in _decorated(source))


def _decorated(source: str) -> list[tuple[str, str]]:
    """The functions with a decorator that is to be rewritten, and which one."""
    return [
        (node.name, decorator.id)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and not _is_abstract(node)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Name) and decorator.id in REWRITTEN
    ]


def _is_abstract(node: ast.FunctionDef) -> bool:
    """Without a body there is nothing to mutate."""
    return any(ast.unparse(decorator) == "abstractmethod" for decorator in node.decorator_list)
