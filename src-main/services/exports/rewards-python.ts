import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { NAMED_REWARDS_PYTHON } from "./named-rewards-python.ts";

/** The rules of the rewards in Python, for trainers of that language. tests/golden compares them with ours on the same answers. */
const RULES_PYTHON = `"""Rewards of the recipe: rules on text, the same as in Gradus."""

import ast
import functools
import importlib.util
import json
import math
import re
import unicodedata
from fractions import Fraction

import verifiers

TAGS = ["<think>", "</think>", "<answer>", "</answer>"]


def text_of(completion):
    return completion if isinstance(completion, str) else completion[-1]["content"]


def extract_answer(text):
    """The text of the last complete answer block after the first </think>, or None."""
    think_end = text.find("</think>")
    last = text.rfind("</answer>")
    if think_end == -1 or last == -1:
        return None
    start = text.rfind("<answer>", 0, last + 1)
    if start < think_end:
        return None
    end = text.find("</answer>", start)
    return None if end == -1 else text[start + len("<answer>") : end].strip()


def has_format(text):
    end, between = 0, []
    for tag in TAGS:
        at = text.find(tag)
        if at < end or text.find(tag, at + 1) != -1:
            return False
        between.append(text[end:at])
        end = at + len(tag)
    between.append(text[end:])
    return all((part.strip() != "") == (i in (1, 3)) for i, part in enumerate(between))


def verify_arithmetic(gold, data, answer):
    return len(answer) <= 64 and re.fullmatch(r"-?[0-9]{1,15}", answer.strip()) is not None and int(answer) == int(gold)


def evaluate(node, literals):
    if isinstance(node, ast.Constant) and type(node.value) is int:
        literals.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.BinOp):
        left, right = evaluate(node.left, literals), evaluate(node.right, literals)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div) and right != 0:
            return left / right
    raise ValueError("not an expression of + - * /")


def verify_countdown(gold, data, answer):
    if len(answer) > 400:
        return False
    expression, equals, stated = answer.partition("=")
    if equals and stated.strip() != str(data["target"]):
        return False
    for sign, plain in {"\\u2212": "-", "\\u00d7": "*", "\\u00b7": "*", "\\u00f7": "/"}.items():
        expression = expression.replace(sign, plain)
    if re.fullmatch(r"[0-9()+*/ \\t-]+", expression) is None or "**" in expression or "//" in expression:
        return False
    literals = []
    try:
        value = evaluate(ast.parse(expression.strip(), mode="eval").body, literals)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return value == data["target"] and sorted(literals) == sorted(data["numbers"])


def kinds_of(answer):
    if len(answer) > 1000:
        return None
    kinds = {}
    for part in re.split(r"[,;.\\n]|\\band\\b", answer):
        if part.strip() == "":
            continue
        match = re.fullmatch(r"\\s*([^\\W\\d_]+)(?: is |: ?)(?:a )?(knight|knave)\\s*", part, re.IGNORECASE)
        if match is None or match[1].lower() in kinds:
            return None
        kinds[match[1].lower()] = match[2].lower()
    return kinds or None


def verify_knights_and_knaves(gold, data, answer):
    kinds = kinds_of(answer)
    return kinds is not None and kinds == kinds_of(gold)


def verify_linear_equations(gold, data, answer):
    if len(answer) > 64:
        return False
    match = re.fullmatch(r"(?:([a-z])\\s{0,3}=\\s{0,3})?(-?[0-9]{1,15})", answer.strip())
    return match is not None and match[1] in (None, data["letter"]) and int(match[2]) == int(gold)


def verify_fractions(gold, data, answer):
    match = re.fullmatch(r"([0-9]{1,9})(?:\\s*/\\s*([0-9]{1,9}))?", answer.strip())
    if len(answer) > 64 or match is None:
        return False
    top, bottom = int(match[1]), int(match[2] or 1)
    return bottom != 0 and gold == (str(top) if bottom == 1 else f"{top}/{bottom}")


def verify_mini_sudoku(gold, data, answer):
    digits = re.sub(r"[\\s,;|/]", "", answer)
    return len(answer) <= 200 and re.fullmatch("[1-4]{16}", digits) is not None and digits == gold.replace(" ", "")


def verify_propositional_logic(gold, data, answer):
    truths = {}
    for part in re.split(r"[,;.\\n]|\\band\\b", answer):
        if part.strip() == "":
            continue
        match = re.fullmatch(r"\\s*([p-s])(?: is |: ?| ?= ?)(true|false)\\s*", part, re.IGNORECASE)
        if match is None or match[1].lower() in truths:
            return False
        truths[match[1].lower()] = match[2].lower() == "true"
    letters = "pqrs"[: data["propositions"]]
    if len(answer) > 400 or set(truths) != set(letters):
        return False

    def holds(formula):
        (x, a), (y, b) = [(formula[i], truths[letters[int(formula[i + 1])]]) for i in (0, 2)]
        return (a == b) == (x == "=") if x in "=!" else a == (x == "+") or b == (y == "+")

    return all(holds(formula) for formula in data["formulas"])


def verify_graph_path(gold, data, answer):
    lengths = {frozenset(road[:2]): int(road[2]) for road in data["roads"]}

    def length_of(way):
        return sum(lengths.get(frozenset(pair), float("inf")) for pair in zip(way, way[1:]))

    way = re.split(r"\\s*(?:->|\u2192|,|-)\\s*", re.sub(r"\\.$", "", answer.strip()))
    if len(answer) > 100 or any(re.fullmatch("[A-H]", place) is None for place in way):
        return False
    return way[0] == data["from"] and way[-1] == data["to"] and length_of(way) == length_of(gold.split("-"))


RULES = {
    "arithmetic": verify_arithmetic,
    "addition": verify_arithmetic,
    "countdown": verify_countdown,
    "knights-and-knaves": verify_knights_and_knaves,
    "linear-equations": verify_linear_equations,
    "fractions": verify_fractions,
    "number-sequences": verify_arithmetic,
    "mini-sudoku": verify_mini_sudoku,
    "propositional-logic": verify_propositional_logic,
    "graph-path": verify_graph_path,
}


def answer(completions, task, gold, data, verifier=None, verifier_options=None, **kwargs):
    """1 where the task's rule or the set's verifier accepts what stands in the answer tags, else 0; None where there is neither."""
    rewards = []
    names = verifier or [""] * len(completions)
    options = verifier_options or ["{}"] * len(completions)
    for completion, name, right, facts, judge, asked in zip(completions, task, gold, data, names, options):
        given = extract_answer(text_of(completion))
        if name not in RULES:
            verdict = verifiers.verify(judge, json.loads(asked), right, given or "")
            rewards.append(None if verdict is None else float(verdict and given is not None))
            continue
        rewards.append(float(given is not None and RULES[name](right, json.loads(facts), given)))
    return rewards


def format(completions, **kwargs):
    """1 where the completion is one think block and one answer block and nothing else, else 0."""
    return [float(has_format(text_of(completion))) for completion in completions]


NO_WORDS = re.compile(r"</?(?:think|answer)>|\\\\[A-Za-z]+")
LETTER_SCRIPTS = ["LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "HANGUL"]
SINGLE_SCRIPTS = {"CJK": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA", "THAI": "THAI"}


def script_of(char):
    name = unicodedata.name(char, "").split(" ")[0]
    return SINGLE_SCRIPTS.get(name) or (name if name in LETTER_SCRIPTS else "OTHER")


def count_scripts(text):
    counts, run = {}, []

    def end_run():
        if len(run) > 1:
            counts[script_of(run[0])] = counts.get(script_of(run[0]), 0) + 1
        run.clear()

    for char in NO_WORDS.sub(" ", text):
        if unicodedata.name(char, "").split(" ")[0] in SINGLE_SCRIPTS:
            end_run()
            counts[script_of(char)] = counts.get(script_of(char), 0) + 1
        elif char.isalpha() or (run and unicodedata.category(char).startswith("M")):
            run.append(char)
        else:
            end_run()
    end_run()
    return counts


def language(completions, prompts, **kwargs):
    """The share of the completion's words that are in the prompt's script; None where there are no words."""
    rewards = []
    for completion, prompt in zip(completions, prompts):
        counts, asked = count_scripts(text_of(completion)), count_scripts(text_of(prompt))
        if not counts or not asked:
            rewards.append(None)
            continue
        most = max(asked, key=asked.get)
        wanted = {"HAN", "KANA"} if most in ("HAN", "KANA") and "KANA" in asked else {most}
        rewards.append(sum(counts.get(script, 0) for script in wanted) / sum(counts.values()))
    return rewards
`;

/** The text of rewards.py. */
export const REWARDS_PYTHON = `${RULES_PYTHON}${NAMED_REWARDS_PYTHON}`;

/** The text of verifiers.py, beside it. */
export function verifiersPython(): string {
  return readFileSync(join(assetFolder(), "exports", "verifiers.py"), "utf8");
}

/** Verifiers of problem sets that stand there. */
export const VERIFIERS_IN_PYTHON: readonly string[] = [
  "maths",
  "number",
  "text",
  "choice",
  "regex",
  "json",
  "list",
  "set",
];

/** Tasks whose rule stands in them. */
export const RULED_IN_PYTHON: readonly string[] = [
  ...RULES_PYTHON.matchAll(/^ {4}"([a-z-]+)": verify_\w+,$/gmu),
].map(([, name = ""]) => name);
