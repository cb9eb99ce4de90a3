"""Every small change of a module that could be a mistake, as source text."""

import ast
import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


@dataclass(frozen=True)
class Mutant:
    """`what` says where it differs; `source` is the whole module."""

    what: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """In the order of the text; of how classes are made, in their decorators, none."""
    tree = ast.parse(source)
    left_out = {
        id(inner)
        for node in ast.walk(tree)
        for decorator in getattr(node, "decorator_list", ())
        for inner in ast.walk(decorator)
    }
    nodes = [(number, node) for number, node in enumerate(ast.walk(tree)) if id(node) not in left_out]
    for number, node in sorted(nodes, key=lambda each: (getattr(each[1], "lineno", 0), each[0])):
        for choice in range(_choices(node)):
            changed = copy.deepcopy(tree)
            target = next(itertools.islice(ast.walk(changed), number, None))
            before = ast.unparse(target)
            after = _change(changed, target, choice)
            yield Mutant(f"line {getattr(node, 'lineno', 0)}: {before} -> {after}", ast.unparse(changed))


def _choices(node: ast.AST) -> int:
    match node:
        case ast.Compare(ops=ops):
            return len(ops)
        case ast.BoolOp() | ast.IfExp():
            return 1
        case ast.BinOp(op=op):
            return int(type(op) in SWAPS)
        case ast.UnaryOp(op=ast.Not()):
            return 1
        case ast.Constant(value=bool() | int() | float()):
            return 1
        case _:
            return 0


def _change(tree: ast.AST, target: ast.AST, choice: int) -> str:
    match target:
        case ast.Compare(ops=ops):
            ops[choice] = SWAPS[type(ops[choice])]()  # type: ignore[assignment]  # an operator for an operator
        case ast.BoolOp() | ast.BinOp():
            target.op = SWAPS[type(target.op)]()  # type: ignore[assignment]  # as above
        case ast.IfExp(body=body, orelse=orelse):
            target.body, target.orelse = orelse, body
        case ast.UnaryOp():
            target.op, target.operand = ast.Not(), ast.UnaryOp(ast.Not(), target.operand)
        case ast.Constant(value=bool() as value):
            target.value = not value
        case ast.Constant(value=int() | float() as number):
            target.value = number + 1
    return ast.unparse(ast.fix_missing_locations(target))
