/**
 * Python's side, run once before memory is kept: imports what programs import, takes away the bridge to JavaScript, and
 * defines `_serve`, which runs a harness and writes how it ended to the host's descriptor, and `_keep`, which compiles a
 * harness for all programs to come. Everything that it calls later
 * is held by its closure, so that no program changes it under it.
 */
export const PYTHON_BOOTSTRAP = `
def _open(answer_fd, closed, common):
    import builtins, gc, importlib, os, random, sys, time
    from json import loads
    from traceback import format_exception_only

    for name in common:
        importlib.import_module(name)

    class Guard:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in closed:
                raise ImportError(f"there is no module {name} in the sandbox", name=name)
            return None

    class Missing:
        def find_spec(self, name, path=None, target=None):
            raise ModuleNotFoundError(
                f"No module named {name!r}: the sandbox has Python's standard library alone",
                name=name,
            )

    sys.meta_path[:] = [
        Guard(),
        *(finder for finder in sys.meta_path
          if getattr(finder, "__module__", "").startswith(("_frozen_importlib", "importlib"))),
        Missing(),
    ]
    for name in list(sys.modules):
        if name.partition(".")[0] in closed:
            del sys.modules[name]
    sys.path[:] = [path for path in sys.path if path.endswith(".zip")]
    sys.path_importer_cache.clear()
    sys.excepthook = sys.__excepthook__
    sys.argv[:] = [""]
    random.seed(0)

    def sleep(seconds, now=time.monotonic):
        """Pyodide's would wait by JavaScript."""
        end = now() + seconds
        while now() < end:
            pass

    time.sleep = sleep

    write, fail, run, form = os.write, format_exception_only, exec, compile
    out, err = sys.stdout, sys.stderr
    base, memory, deep = BaseException, MemoryError, RecursionError

    def answer(kind, text):
        for stream in (out, err):
            try:
                stream.flush()
            except base:
                pass
        data = (kind + text).encode("utf-8", "replace")
        while data:
            data = data[write(answer_fd, data):]

    kept = {}

    def keep(text):
        kept[text] = form(text, "harness", "exec")

    def serve(request):
        request = loads(request)
        harness = {"__name__": "harness", "__builtins__": builtins}
        try:
            text = request["harness"]
            run(kept.get(text) or form(text, "harness", "exec"), harness)
            text = harness["main"](request["input"], request["files"])
        except memory:
            return answer("M", "")
        except deep:
            return answer("S", "")
        except base as error:
            return answer("T", fail(error)[-1].strip())
        answer("R", text)

    gc.collect()
    gc.freeze()
    return serve, keep
`;

/** Modules that programs cannot have: Pyodide's bridge, and calls of native functions. */
export const CLOSED_MODULES: readonly string[] = [
  "js",
  "pyodide",
  "pyodide_js",
  "_pyodide",
  "_pyodide_core",
  "ctypes",
  "_ctypes",
];

/** Imported once, since programs of benchmarks import them again and again. */
export const COMMON_MODULES: readonly string[] = [
  // What tests are taken apart with; without them a program with tests takes eight times as long.
  "ast",
  "_ast_unparse",
  "array",
  "bisect",
  "cmath",
  "collections",
  "copy",
  "dataclasses",
  "datetime",
  "decimal",
  "enum",
  "fractions",
  "functools",
  "hashlib",
  "heapq",
  "io",
  "itertools",
  "json",
  "math",
  "operator",
  "random",
  "re",
  "statistics",
  "string",
  "sys",
  "textwrap",
  "time",
  "traceback",
  "types",
  "typing",
  "unittest",
];
