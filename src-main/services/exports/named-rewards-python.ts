/** open-r1's rewards in Python, as core/rewards has them, and files of one's own; they follow the rules in rewards.py. */
export const NAMED_REWARDS_PYTHON = `

def accuracy(completions, **kwargs):
    """The same as answer."""
    return answer(completions, **kwargs)


def tag_count(completions, **kwargs):
    """A quarter for each tag that stands exactly once, with its line ends."""
    tags = ["<think>\\n", "\\n</think>\\n", "\\n<answer>\\n", "\\n</answer>"]
    return [sum(text_of(completion).count(tag) == 1 for tag in tags) / 4 for completion in completions]


STEP = re.compile(r"Step \\d+:|^\\d+\\.|\\n-|\\n\\*|First,|Second,|Next,|Finally,")


def reasoning_steps(completions, **kwargs):
    """A third for each sign of a step, at most 1."""
    return [min(1.0, len(STEP.findall(text_of(completion))) / 3) for completion in completions]


def cosine(
    completions,
    min_value_wrong=-1.0,
    max_value_wrong=-0.5,
    min_value_correct=0.5,
    max_value_correct=1.0,
    max_len=1000,
    **kwargs,
):
    """The cosine of the length in characters: short right answers gain, short wrong ones lose."""
    rewards = []
    for completion, right in zip(completions, answer(completions, **kwargs)):
        share = 0.5 * (1.0 + math.cos(len(text_of(completion)) / max_len * math.pi))
        long, short = (min_value_correct, max_value_correct) if right else (max_value_wrong, min_value_wrong)
        rewards.append(long + share * (short - long))
    return rewards


def repetition_penalty(completions, ngram_size=3, max_penalty=-1.0, **kwargs):
    """The share of repeated runs of words, times max_penalty."""
    rewards = []
    for completion in completions:
        words = text_of(completion).lower().split()
        runs = [tuple(words[at : at + ngram_size]) for at in range(len(words) - ngram_size + 1)]
        rewards.append((1 - len(set(runs)) / len(runs)) * max_penalty if runs else 0.0)
    return rewards


def length(completions, prompts, **kwargs):
    """Kimi k1.5's length reward among the completions of one prompt that stand together."""
    right = answer(completions, prompts=prompts, **kwargs)
    lengths = [len(text_of(completion)) for completion in completions]
    rewards = [0.0] * len(lengths)
    begin = 0
    while begin < len(lengths):
        end = begin + 1
        while end < len(lengths) and prompts[end] == prompts[begin]:
            end += 1
        shortest, longest = min(lengths[begin:end]), max(lengths[begin:end])
        for at in range(begin, end if longest > shortest else begin):
            value = 0.5 - (lengths[at] - shortest) / (longest - shortest)
            rewards[at] = value if right[at] else min(0.0, value)
        begin = end
    return rewards


def with_options(spec):
    """A reward of this file by its name, with the options that stand beside the name."""
    options = {key: value for key, value in spec.items() if key != "name"}
    function = globals()[spec["name"]]
    return functools.update_wrapper(functools.partial(function, **options), function)


def own(path, name):
    """The function reward of a file of one's own, which sees texts and the problem's columns."""
    found = importlib.util.spec_from_file_location("own_" + re.sub(r"\\W", "_", name), path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)

    def reward(completions, prompts, task, gold, data, columns, **kwargs):
        rows = [json.loads(text) for text in columns]
        read = {key: [row.get(key) for row in rows] for key in {key: None for row in rows for key in row}}
        known = {"task": task, "gold": gold, "data": [json.loads(text) for text in data], **read}
        texts = [text_of(completion) for completion in completions]
        return module.reward(completions=texts, prompts=[text_of(prompt) for prompt in prompts], **known)

    reward.__name__ = name
    return reward
`;
