"""Mutants: small faults put into a module, one at a time.

Each changes one place of the module's tree, stands while it is looked at, and is taken back. Not
touched are annotations, decorators, docstrings, assertions, class bodies outside their methods, and
the words of what is raised: none of them decides anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
UNTOUCHED = {"annotation", "returns", "decorator_list", "format_spec", "pattern", "type", "msg"}
LONGEST = 90


@dataclass(frozen=True)
class Mutant:
    """One fault: the function or constant that has it, where, and what became of what."""

    module: str
    owner: str
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.module}.{self.owner}: {self.before} → {self.after}"


def mutants(tree: ast.Module, module: str) -> Iterator[Mutant]:
    """Every mutant of a module's tree, which holds the fault while the mutant is looked at."""
    for owner, root in owners(tree):
        places = list(_places(root))
        for parent, field, at, node in places:
            for changed in _changes(node, parent):
                before = _shown(node)
                _put(parent, field, at, changed)
                ast.fix_missing_locations(tree)
                yield Mutant(
                    module, owner, getattr(node, "lineno", root.lineno), before, _shown(changed)
                )
                _put(parent, field, at, node)


def owners(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The functions, methods and constants of a module, by name."""
    for one in tree.body:
        match one:
            case ast.FunctionDef():
                yield one.name, one
            case ast.ClassDef():
                methods = (part for part in one.body if isinstance(part, ast.FunctionDef))
                yield from ((f"{one.name}.{method.name}", method) for method in methods)
            case (
                ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr())
            ):
                yield name, one
            case _:
                pass


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _put(parent: ast.AST, field: str, at: int | None, node: ast.AST) -> None:
    if at is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[at] = node


def _places(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below another that may be changed, with where it hangs."""
    for field, value in ast.iter_fields(parent):
        if field in UNTOUCHED or isinstance(value, ast.arguments):
            continue
        for at, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_untouched(node):
                continue
            yield parent, field, at, node
            if not isinstance(node, ast.Raise):
                yield from _places(node)


def _is_untouched(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id="cast" | "TypeVar")):
            return True
        case _:
            return False


def _changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"{value}XX")
        case ast.Compare(left=left, ops=ops, comparators=others):
            for at, op in enumerate(ops):
                for other in COMPARED[type(op)]:
                    yield ast.Compare(left, [*ops[:at], other(), *ops[at + 1 :]], others)
        case ast.BoolOp(op=op, values=parts):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), parts)
            for at in range(len(parts)):
                rest = [*parts[:at], *parts[at + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.Slice(lower=lower, upper=upper):
            yield from [] if lower is None else [ast.Slice(None, upper)]
            yield from [] if upper is None else [ast.Slice(lower, None)]
        case ast.Call():
            yield from _other_calls(node)
        case ast.keyword(arg=str(), value=value) if not _is_none(value):
            yield ast.keyword(node.arg, ast.Constant(None))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            for at, part in enumerate(parts):
                if isinstance(part, ast.Starred):
                    yield (
                        type(node)([*parts[:at], *parts[at + 1 :]], ctx=ast.Load())
                        if not (isinstance(node, ast.Set))
                        else ast.Set([*parts[:at], *parts[at + 1 :]])
                    )
        case ast.Dict(keys=keys, values=values) if None in keys:
            for at in (at for at, key in enumerate(keys) if key is None):
                yield ast.Dict([*keys[:at], *keys[at + 1 :]], [*values[:at], *values[at + 1 :]])
        case ast.comprehension(target=target, iter=items, ifs=[_, *_]):
            for truth in (True, False):
                yield ast.comprehension(target, items, [ast.Constant(truth)], node.is_async)
        case ast.If(body=body, orelse=orelse):
            for truth in (True, False):
                yield ast.If(ast.Constant(truth), body, orelse)
        case ast.match_case(pattern=pattern, body=body):
            assert isinstance(parent, ast.Match)
            if len(parent.cases) > 1:
                yield ast.match_case(pattern, ast.Constant(False), body)
            if node.guard is not None:
                yield ast.match_case(pattern, None, body)
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Raise() | ast.Expr() | ast.AugAssign() | ast.Assign(targets=[ast.Subscript()]):
            yield ast.Pass()
        case _:
            pass


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    match node.func:
        case ast.Name(id=name) if name in CALLED:
            yield ast.Call(ast.Name(CALLED[name], ast.Load()), node.args, node.keywords)
        case ast.Name(id="sorted"):
            yield ast.Call(ast.Name("list", ast.Load()), node.args[:1], [])
        case _:
            pass


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
