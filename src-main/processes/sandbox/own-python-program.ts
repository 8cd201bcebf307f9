/**
 * What a Python of the user's own runs: it reads a program a line, runs it, and writes how it ended a line. It ends when its
 * input does, which is when the process that started it is gone.
 */

/** Of the data that it may hold: a library of numbers takes more than a page of code does. */
const MEMORY_BYTES = 4 * 2 ** 30;

export const OWN_PYTHON_PROGRAM = `
import json, os, sys

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
try:
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, (${MEMORY_BYTES}, ${MEMORY_BYTES}))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass


def answer(**outcome):
    answers.write(json.dumps(outcome) + "\\n")
    answers.flush()


def words(error):
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__


answer(ended="ready")
for line in sys.stdin:
    program = json.loads(line)
    try:
        scope = {"__name__": "harness"}
        exec(compile(program["harness"], "harness", "exec"), scope)
        value = scope["main"](program["input"], program["files"])
        if len(value) > program["resultBytes"]:
            answer(ended="limit", limit="result")
        else:
            answer(ended="returned", value=value)
    except MemoryError:
        answer(ended="limit", limit="memory")
    except RecursionError:
        answer(ended="limit", limit="stack")
    except BaseException as error:
        answer(ended="threw", message=words(error))
`;
