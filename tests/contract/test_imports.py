"""No module of dcops needs another one to be imported before it.

A cycle of imports works or fails by which of its modules comes first, and most tests run in a process that has
imported everything already.
"""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import dcops

SOURCE = Path(dcops.__file__).parent


def names():
    """The file of every module, by its name."""
    found = {}
    for file in SOURCE.rglob("*.py"):
        parts = ("dcops", *file.relative_to(SOURCE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def at_import(body):
    """The import statements that run when the module is imported: not those in functions or for type checkers only."""
    for statement in body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                yield statement
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from at_import(statement.orelse)
            case ast.If() | ast.Try() | ast.With() | ast.ClassDef():
                for part in ("body", "orelse", "finalbody"):
                    yield from at_import(getattr(statement, part, []))


def imported(file, modules):
    for statement in at_import(ast.parse(file.read_text(encoding="utf-8")).body):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
            continue
        assert statement.level == 0, f"{file}: a relative import"
        inside = {f"{statement.module}.{alias.name}" for alias in statement.names}
        # What is no module is something inside of one.
        yield from inside & modules.keys()
        if inside - modules.keys():
            yield statement.module or ""


def test_no_imports_go_in_a_circle():
    modules = names()
    graph = {name: {each for each in imported(file, modules) if each in modules} for name, file in modules.items()}

    assert sum(map(len, graph.values())) > len(modules)
    TopologicalSorter(graph).prepare()
