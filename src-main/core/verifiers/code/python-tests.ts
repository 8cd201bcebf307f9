/**
 * What runs a solution's tests in Python. Tests are taken apart by their syntax: each statement of a text, or of `check`,
 * that holds an assert is one test, and so is each function `test_…`.
 */
export const PYTHON_TESTS = String.raw`
import ast
import io
import json
import sys
import traceback
import types

loads, dumps = json.loads, json.dumps
form, run, base = compile, exec, BaseException
only = traceback.format_exception_only
make = types.ModuleType
Guarded, Calls = ast.Try, ast.Call
Buffer, Bytes, Wrapper, Leaving, Wrong = io.StringIO, io.BytesIO, io.TextIOWrapper, SystemExit, AssertionError
MOST = 200


def words(error, text=None):
    last = only(type(error), error)[-1].strip()[:MOST]
    return last if text is None else text.strip()[:MOST] + ": " + last


class Tally:
    def __init__(self):
        self.total, self.passed, self.first = 0, 0, None

    def ok(self):
        self.passed += 1

    def bad(self, error, text):
        if self.first is None:
            self.first = words(error, text)


def asserts(node):
    return any(isinstance(part, ast.Assert) for part in ast.walk(node)) and not isinstance(
        node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    )


def guard(statements, tally):
    """Each statement with an assert in a try of its own, which tells the tally."""
    guarded = []
    for node in statements:
        if not asserts(node):
            guarded.append(node)
            continue
        tally.total += 1
        text = ast.unparse(node).partition("\n")[0]
        around = ast.parse(
            "try:\n pass\nexcept __base__ as __error__:\n __bad__(__error__, %r)\nelse:\n __ok__()" % text
        ).body[0]
        around.body = [node]
        guarded.append(around)
    return guarded


def lines(text):
    """What a program printed, but for white space at the ends of its lines and empty lines at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def near(got, wanted):
    """As APPS's judge: the same words, where numbers may be written otherwise."""
    if got == wanted:
        return True
    a, b = " ".join(got).split(), " ".join(wanted).split()
    if len(a) != len(b) or len(got) != len(wanted):
        return False
    try:
        return all(x == y or abs(float(x) - float(y)) <= 1e-8 + 1e-5 * abs(float(y)) for x, y in zip(a, b))
    except ValueError:
        return False


def perform(code, example, tally):
    """The whole program once, with an example's input."""
    tally.total += 1
    out, kept = Buffer(), (sys.stdin, sys.stdout)
    said = example["input"] if example["input"].endswith("\n") else example["input"] + "\n"
    sys.stdin, sys.stdout = Wrapper(Bytes(said.encode())), out
    program = make("__main__")
    try:
        run(code, program.__dict__)
    except Leaving as error:
        if error.code not in (None, 0):
            return tally.bad(error, "input " + dumps(example["input"][:60]))
    except base as error:
        return tally.bad(error, "input " + dumps(example["input"][:60]))
    finally:
        sys.stdin, sys.stdout = kept
    got, wanted = lines(out.getvalue()), lines(example["output"])
    if near(got, wanted):
        return tally.ok()
    shown = "it prints " + dumps("\n".join(got)[:60]) + ", not " + dumps("\n".join(wanted)[:60])
    tally.bad(Wrong(shown), "input " + dumps(example["input"][:60]))


def main(text, _files):
    given = loads(text)
    entry = given["entryPoint"]
    if given["examples"]:
        tally = Tally()
        try:
            code = form(given["solution"], "solution", "exec")
        except base as error:
            return dumps({"broken": words(error)})
        for example in given["examples"]:
            perform(code, example, tally)
        if not given["tests"]:
            return dumps({"total": tally.total, "passed": min(tally.passed, tally.total), "first": tally.first})
    solution = make("solution")
    names = solution.__dict__
    names["__name__"] = "solution"
    sys.modules["solution"] = solution
    tally = tally if given["examples"] else Tally()
    hooks = {"__base__": base, "__ok__": tally.ok, "__bad__": tally.bad}
    plans = []
    for test in given["tests"]:
        tree = ast.parse(test)
        has_check = False
        functions = []
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == "check" and entry is not None:
                node.body = guard(node.body, tally)
                has_check = True
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                functions.append(node.name)
        if not has_check and not functions:
            tree.body = guard(tree.body, tally)
            if not any(isinstance(node, Guarded) for node in tree.body):
                # Without an assert the whole text is one test.
                tally.total += 1
                plans.append((tree, False, [], test))
                continue
        tally.total += len(functions)
        plans.append((tree, has_check, functions, None))
    codes = []
    for tree, has_check, functions, whole in plans:
        codes.append((form(ast.fix_missing_locations(tree), "tests", "exec"), has_check, functions, whole))
    try:
        run(form(given["solution"], "solution", "exec"), names)
    except base as error:
        return dumps({"broken": words(error)})
    if entry is not None and entry not in names:
        return dumps({"broken": "it defines no " + entry})
    if entry is not None:
        names.setdefault("candidate", names[entry])
    for code, has_check, functions, whole in codes:
        space = {**names, **hooks, "__name__": "tests"}
        try:
            run(code, space)
            if has_check:
                space["check"](names[entry])
        except base as error:
            tally.bad(error, whole or "the tests")
            continue
        if whole is not None:
            tally.ok()
        for name in functions:
            try:
                space[name]()
            except base as error:
                tally.bad(error, name)
            else:
                tally.ok()
    total = max(tally.total, 1)
    return dumps({"total": total, "passed": min(tally.passed, total), "first": tally.first})
`;
