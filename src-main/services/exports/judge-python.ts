/**
 * A judge as a Python reward file with TRL's signature, for trainers of that language: the same endpoint, the same words.
 * The key is no part of it: it is read from the environment.
 */
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { answerForm, systemWords } from "#main/core/rewards/judges/judge-prompt.ts";

export const JUDGE_KEY_VARIABLE = "GRADUS_JUDGE_KEY";

/** @param rubric null: each problem's own, from its column */
export function judgePython(
  spec: JudgeReward,
  endpoint: Pick<Endpoint, "baseUrl" | "model" | "requestsAtOnce">,
  rubric: string | null,
): string {
  const [low, high] = spec.scale;
  // JSON's texts and numbers are Python's.
  const constants = {
    URL: `${endpoint.baseUrl.replace(/\/+$/, "")}/chat/completions`,
    MODEL: spec.model ?? endpoint.model,
    RUBRIC: rubric ?? "",
    SYSTEM: systemWords(spec.scale),
    FORM: answerForm(spec.scale),
    LOW: low,
    HIGH: high,
    TEMPERATURE: spec.temperature,
    MAX_TOKENS: spec.max_tokens,
    TIMEOUT: spec.timeout,
    AT_ONCE: endpoint.requestsAtOnce,
    KEY_VARIABLE: JUDGE_KEY_VARIABLE,
  };
  const lines = Object.entries(constants).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  );
  const flags = [
    `REFERENCE = ${spec.reference ? "True" : "False"}`,
    `THINKING = ${spec.thinking ? "True" : "False"}`,
  ];
  return `${HEAD}\n${[...lines, ...flags].join("\n")}\n${BODY}`;
}

const HEAD = `"""A judge's reward: a model at an endpoint grades completions by a rubric, as in Gradus.

Its key, where it needs one, is read from the environment variable ${JUDGE_KEY_VARIABLE}.
"""

import functools
import hashlib
import json
import os
import re
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
`;

const BODY = `

def shown(completion):
    """What stands after the thinking; nothing where that never ends."""
    if THINKING:
        return completion.strip()
    before, end, after = completion.rpartition("</think>")
    if end:
        return after.strip()
    return "" if "<think>" in completion else completion.strip()


def sendable(text):
    return text.encode("utf-8", "replace").decode("utf-8").replace("\\0", "\\ufffd")


def question(rubric, prompt, reference, text):
    """The texts between lines with the hash of them all, which none of them can hold."""
    parts = [sendable(part) for part in (rubric, prompt, reference or "", text)]
    code = hashlib.sha256("\\0".join(parts).encode("utf-8")).hexdigest()[:24]
    titles = ["RUBRIC", "TASK", "RIGHT ANSWER", "TEXT"]
    fenced = [
        f"{title} {code}\\n{part}\\nEND OF {title} {code}"
        for title, part in zip(titles, parts)
        if title != "RIGHT ANSWER" or reference is not None
    ]
    asked = "\\n\\n".join(fenced) + "\\n\\nThe text has ended. Grade it by the rubric. " + FORM
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": asked}]


def verdict(answer):
    """The score, or None and why there is none."""
    said = answer.rsplit("</think>", 1)[-1][-10000:]
    scores, at = [], said.find("{")
    for _ in range(16):
        if at == -1:
            break
        try:
            value, end = json.JSONDecoder().raw_decode(said, at)
        except ValueError:
            at = said.find("{", at + 1)
            continue
        at = said.find("{", end)
        score = value.get("score")
        if isinstance(score, str) and re.fullmatch(r"\\s*-?\\d{1,9}(?:\\.\\d{1,9})?\\s*", score):
            score = float(score)
        if isinstance(score, (int, float)) and not isinstance(score, bool):
            scores.append(score)
    if not scores:
        return None, "it holds no JSON object with a number as its score"
    if any(score != scores[-1] for score in scores):
        return None, "it names several scores that differ"
    if not LOW <= scores[-1] <= HIGH:
        return None, f"the score {scores[-1]:g} is not between {LOW} and {HIGH}"
    return scores[-1], None


def asked(messages):
    body = {"model": MODEL, "messages": messages, "temperature": TEMPERATURE, "top_p": 1, "max_tokens": MAX_TOKENS, "seed": 0}
    headers = {"content-type": "application/json"}
    if os.environ.get(KEY_VARIABLE):
        headers["authorization"] = "Bearer " + os.environ[KEY_VARIABLE]
    for attempt in range(6):
        request = urllib.request.Request(URL, json.dumps(body).encode("utf-8"), headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return json.load(response)["choices"][0]["message"]["content"] or ""
        except urllib.error.HTTPError as error:
            if attempt == 5 or error.code not in (408, 409, 425, 429, 500, 502, 503, 504, 529):
                raise
            wait = error.headers.get("retry-after")
            time.sleep(float(wait) if wait and re.fullmatch(r"[0-9.]+", wait) else 2.0**attempt)
        except OSError:
            if attempt == 5:
                raise
            time.sleep(2.0**attempt)


@functools.lru_cache(maxsize=None)
def grade(rubric, prompt, reference, text):
    messages = question(rubric, prompt, reference, text)
    answer = asked(messages)
    score, fault = verdict(answer)
    if score is None:
        again = [
            {"role": "assistant", "content": sendable(answer)[:2000] or "(nothing)"},
            {"role": "user", "content": f"That cannot be used: {fault}. {FORM}"},
        ]
        score, fault = verdict(asked(messages + again))
    return None if score is None else (score - LOW) / (HIGH - LOW)


def reward(completions, prompts, gold=None, rubric=None, **columns):
    """From 0 to 1; None where no verdict can be used, or no rubric is there."""

    def of(at):
        own = RUBRIC or ((rubric[at] or "") if rubric else "")
        text = shown(completions[at])
        if own == "":
            return None
        if text == "":
            return 0.0
        return grade(own, prompts[at], gold[at] if REFERENCE and gold else None, text)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(of, range(len(completions))))
`;
