# 1 where the last number of a completion is the right one, whatever form it has.
import re


def reward(completions, gold, **columns):
    return [
        float(re.findall(r"\d+", text)[-1:] == [right])
        for text, right in zip(completions, gold)
    ]
