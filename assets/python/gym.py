"""reasoning-gym for Gradus: one request of JSON a line on stdin, one answer a line on stdout."""

import json
import os
import sys
import threading

# What libraries print must not get between the answers.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
REQUESTS = os.fdopen(os.dup(0), "r", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

# Beside "seed" and "size", which are ours. These make all of their problems at once, or cannot be so large.
ALL_AT_ONCE = {"acre", "gsm_symbolic", "list_functions", "word_ladder"}
LARGEST = 2**31 - 1
# Their scoring compares tuples, and JSON has none.
TUPLES = {"arc_agi", "rearc"}
# Sources with weights are what it is for.
LEFT_OUT = {"composite"}
MEMORY = 4 << 30
# Of scoring one answer: a model may write 9**9**9**9, and some datasets work it out.
ANSWER_SECONDS = 2


class Refused(Exception):
    """What the user can mend: its text is for people."""


class Late(BaseException):
    """Not an Exception, which datasets catch."""


def send(answer):
    ANSWERS.write(json.dumps(answer, default=str) + "\n")
    ANSWERS.flush()


def classes(name):
    if name in LEFT_OUT or name not in DATASETS:
        raise Refused(f'reasoning-gym has no dataset "{name}"')
    return DATASETS[name]


def dataset(name, config, **how):
    of, options = classes(name)
    fields = [field.name for field in dataclasses.fields(options)]
    known = [field for field in fields if field not in ("seed", "size")]
    for key in config:
        if key in ("seed", "size"):
            raise Refused(f"{key} is not set here: problems follow the recipe's seed and the stage's numbers")
        if key not in known:
            raise Refused(f"{name} has no option {key}; it has {', '.join(known)}")
    try:
        chosen = options(**config, **how)
        if hasattr(chosen, "validate"):
            chosen.validate()
        return of(chosen)
    except Exception as error:
        words = str(error) or type(error).__name__
        raise Refused(words if isinstance(error, AssertionError) else f"{type(error).__name__}: {words}") from None


def seed_all(seed):
    """Some draw from the one source that all share."""
    random.seed(seed)
    numpy.random.seed(seed)


kept = {}


def kept_dataset(name, config):
    key = json.dumps([name, config], sort_keys=True)
    if key not in kept:
        if len(kept) > 20:
            kept.clear()
        seed_all(0)
        kept[key] = dataset(name, config, seed=0, size=1 if name in ALL_AT_ONCE else LARGEST)
    return kept[key]


def made(name, config, seed):
    seed %= LARGEST
    of = kept_dataset(name, config)
    seed_all(seed)
    # A dataset's problem number i is the first of the dataset with seed i.
    entry = dataset(name, config, seed=seed, size=1)[0] if name in ALL_AT_ONCE else of[seed]
    gold = entry["answer"]
    return {"question": entry["question"], "answer": None if gold is None else str(gold), "entry": entry}


def generate(name, config, seeds):
    try:
        return [made(name, config, seed) for seed in seeds]
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"{name} cannot make a problem with this config: {type(error).__name__}: {error}") from None


def tupled(value):
    if isinstance(value, list):
        return tuple(tupled(item) for item in value)
    return {key: tupled(item) for key, item in value.items()} if isinstance(value, dict) else value


def score(name, config, answers):
    of = kept_dataset(name, config)
    scores = []
    for answer, entry in answers:
        entry = tupled(entry) if name in TUPLES else entry
        try:
            limit(ANSWER_SECONDS)
            scores.append(float(of.score_answer(answer, entry)))
        except Late:
            scores.append(f"it took longer than {ANSWER_SECONDS} s")
        except Exception as error:
            scores.append(f"{type(error).__name__}: {error}"[:200])
        finally:
            limit(0)
    return scores


def limit(seconds):
    # Windows has no such clock; there the host's limit is the only one.
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def late(*_):
    raise Late


def check(name, config):
    generate(name, config, [1])
    return None


def refuse(event, args):
    """Scoring hands model-written text to parsers that evaluate: nothing of it starts, connects or writes."""
    if event in ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.rmdir"):
        raise PermissionError(event)
    if event.startswith(("subprocess.", "socket.", "shutil.")):
        raise PermissionError(event)
    if event == "open" and isinstance(args[1], str) and args[1].strip("rbtU") != "":
        raise PermissionError("open to write")


def read_requests(lines):
    for line in REQUESTS:
        lines.put(line)
    # The host is gone; whatever is being made, nobody waits for it.
    os._exit(0)


def main():
    calls = {"generate": generate, "score": score, "check": check}
    lines = queue.SimpleQueue()
    threading.Thread(target=read_requests, args=(lines,), daemon=True).start()
    send({"id": 0, "result": {"version": version("reasoning-gym"), "names": sorted(set(DATASETS) - LEFT_OUT)}})
    while True:
        request = json.loads(lines.get())
        try:
            result = calls[request["call"]](request["dataset"], request["config"], *request["args"])
            send({"id": request["id"], "result": result})
        except Refused as error:
            send({"id": request["id"], "refused": str(error)})
        except MemoryError:
            send({"id": request["id"], "refused": "it takes more than 4 GiB of memory"})
        except Exception as error:
            send({"id": request["id"], "refused": f"{type(error).__name__}: {error}"})


import dataclasses
import queue
import random
import signal
from importlib.metadata import version

import numpy
from reasoning_gym.factory import DATASETS

try:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
except (ImportError, ValueError, OSError):
    # Windows has no such limit.
    pass
if hasattr(signal, "SIGALRM"):
    signal.signal(signal.SIGALRM, late)
sys.addaudithook(refuse)
main()
