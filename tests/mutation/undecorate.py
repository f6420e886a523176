"""A decorated function written without its decorator: `name = property(name)` after it.

mutmut leaves functions with decorators alone, and much of what a case understands is a property.
The two forms mean the same to Python; only the copy that is to be mutated is rewritten.
"""

from __future__ import annotations

import ast

# Their work is done when the class is made or a name is looked up, so the two forms are equal;
# and mutmut knows how to handle static and class methods by itself.
REWRITTEN = frozenset({"property", "cached_property", "cache"})


def undecorated(source: str) -> str:
    """The source of a module with its rewritable decorators as assignments; lines stay in order."""
    lines = source.splitlines()
    after: dict[int, list[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef) or len(node.decorator_list) != 1:
            continue
        decorator = node.decorator_list[0]
        if not isinstance(decorator, ast.Name) or decorator.id not in REWRITTEN:
            continue
        indent = " " * node.col_offset
        lines[decorator.lineno - 1] = ""
        assert node.end_lineno is not None
        after.setdefault(node.end_lineno, []).append(
            f"{indent}{node.name} = {decorator.id}({node.name})"
        )
    told = []
    for number, line in enumerate(lines, start=1):
        told += [line, *after.get(number, [])]
    return "\n".join(told) + "\n"
