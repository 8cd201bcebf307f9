"""Verifiers of problem sets in Python, as in Gradus: what stands between the answer tags against the gold answer.

`verify(name, options, gold, answer)` is True, False, or None where the verifier or one of its options has no counterpart
here. maths needs math-verify (pip install math-verify); a pattern that repeats what repeats needs RE2 (pip install
google-re2), since Python's own engine may take for ever on it; a json schema has none.
"""

import json
import re
import unicodedata
from fractions import Fraction

try:
    import re._parser as pattern_parser
except ImportError:
    # Before Python 3.11.
    import sre_parse as pattern_parser

# An answer without what sets it: a box, dollars, stars, quotation marks.
AROUND = [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("__", "__"), ("*", "*"), ("`", "`")]
AROUND += [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("'", "'"), ("‘", "’")]
COMMAND = re.compile(r"\\(?:boxed|fbox|text(?:bf|it|rm|normal)?|mbox|emph|math(?:rm|bf|it|sf))\s?\{")
STYLED = re.compile(r"\\(?:text(?:bf|it|rm|normal)?|mbox|emph|math(?:rm|bf|it|sf)|boldsymbol)\s?\{([^{}]*)\}")


def closes_at_end(text, start):
    depth = 1
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at == len(text) - 1
    return False


def unwrapped(text):
    for left, right in AROUND:
        if len(text) > len(left) + len(right) and text.startswith(left) and text.endswith(right):
            inner = text[len(left) : len(text) - len(right)]
            if left not in inner and right not in inner:
                return inner
    command = COMMAND.match(text)
    if command is None or not text.endswith("}") or not closes_at_end(text, command.end()):
        return None
    return text[command.end() : -1]


def plain_answer(text):
    plain = text.strip()
    for _ in range(6):
        inner = unwrapped(plain)
        if inner is None:
            break
        plain = inner.strip()
    if "\\" not in plain and "{,}" not in plain:
        return plain
    plain = STYLED.sub(r"\1", plain).replace("{,}", ",")
    plain = re.sub(r"\\(?:left|right|displaystyle)(?![a-zA-Z])", "", plain)
    plain = re.sub(r"\\[,;: ]|\\q?quad(?![a-zA-Z])|~", " ", plain).replace("\\!", "")
    return re.sub(r"\\([%$#&_])", r"\1", plain).strip()


# text


PUNCTUATION = re.compile(r"[.,;:!?¿¡'\"‘’‚‛“”„‟«»‹›()\[\]{}…·`](?![0-9])")


def spaced(text):
    return re.sub(r"\s+", " ", text).strip()


def without_punctuation(text):
    signs = []
    for at, sign in enumerate(text):
        before_digit = at + 1 < len(text) and unicodedata.category(text[at + 1]) == "Nd"
        is_dash = sign in "_/" or unicodedata.category(sign) == "Pd"
        signs.append(" " if is_dash and not before_digit else sign)
    return spaced(PUNCTUATION.sub("", "".join(signs)))


def without_articles(text):
    shorter = re.sub(r"^(?:the|an|a)\s+(?=\S)", "", text, flags=re.I)
    return re.sub(r"(?<=\s)(?:the|an|a)\s+(?=\S)", "", shorter)


def words_of(text, ignore_case=True, ignore_punctuation=True, ignore_articles=True):
    result = spaced(unicodedata.normalize("NFKC", text))
    steps = [plain_answer]
    if ignore_punctuation:
        steps.append(without_punctuation)
    if ignore_articles:
        steps.append(without_articles)
    for step in steps:
        result = step(result) or result
    return unicodedata.normalize("NFKC", result.upper().lower() if ignore_case else result)


def verify_text(gold, answer, accepted=(), **options):
    golds = ([] if gold is None else [gold]) + list(accepted)
    if not golds or len(answer) > 20000 or any(one.strip() == "" for one in golds):
        return False
    return words_of(answer, **options) in {words_of(one, **options) for one in golds}


# number


SCRIPTS = {"^": dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")), "_": dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙₐₖₘ", "0123456789+-=()nakm"))}
STYLES = {
    "en": [(",", ".", False), (" ", ".", False)],
    "de": [(".", ",", False), (" ", ",", False)],
    "fr": [(" ", ",", False)],
    "de-CH": [("'", ".", False), (" ", ".", False)],
    "en-IN": [(",", ".", True), (",", ".", False), (" ", ".", False)],
}
STYLES["auto"] = [(",", ".", False), (".", ",", False), (" ", ".", False), (" ", ",", False), ("'", ".", False)]
STYLES["auto"] += [("'", ",", False), (",", ".", True), ("_", ".", False)]
SPELLINGS = """km kilometer kilometre kms|m meter metre|dm decimeter decimetre|cm centimeter centimetre cms
mm millimeter millimetre|mi mile|yd yard|ft feet foot|in inch inche|kg kilogram kilo kgs|g gram gm|mg milligram
t ton tonne|lb pound lbs|oz ounce|s second sec|min minute mins|h hour hr hrs|day d|week|month|year yr
L l liter litre|ml mL milliliter millilitre|gal gallon|deg degree|rad radian|degC celsius|degF fahrenheit
um µm μm micrometer micrometre micron|nm nanometer nanometre|ms millisecond|us µs μs microsecond|kB KB kilobyte
MB megabyte|GB gigabyte|TB terabyte|dollar usd|cent|euro eur|rupee rs|yen|yuan|N newton|J joule|kJ kilojoule
W watt|kW kilowatt|V volt|A ampere amp|K kelvin|Pa pascal|kPa kilopascal|Hz hertz|ohm|acre|ha hectare|mol mole
cal calorie|kcal kilocalorie|mi/h mph|km/h kmh kmph kph|cm^3 cc"""
UNIT_NAMES = {one: line.split()[0] for line in re.split(r"[|\n]", SPELLINGS) for one in line.split()}
SIZES = {
    ("m", 1): "km 1000 m 1 dm 0.1 cm 0.01 mm 0.001 um 1e-6 nm 1e-9 mi 1609.344 yd 0.9144 ft 0.3048 in 0.0254",
    ("m", 2): "ha 10000 acre 4046.8564224",
    ("m", 3): "L 0.001 ml 1e-6 gal 0.003785411784",
    ("g", 1): "t 1e6 kg 1000 g 1 mg 0.001 lb 453.59237 oz 28.349523125",
    ("s", 1): "week 604800 day 86400 h 3600 min 60 s 1 ms 0.001 us 1e-6",
    ("month", 1): "year 12 month 1",
    ("dollar", 1): "dollar 1 cent 0.01",
    ("J", 1): "kJ 1000 J 1 cal 4.184 kcal 4184",
    ("W", 1): "kW 1000 W 1",
    ("Pa", 1): "kPa 1000 Pa 1",
}
UNIT_SIZES = {
    name: (base, power, Fraction(size))
    for (base, power), line in SIZES.items()
    for name, size in zip(line.split()[::2], line.split()[1::2])
}
DIGITS = r"(?:[0-9]+(?:[.,'_][0-9]+| [0-9]{3}(?![0-9]))*|[.,][0-9]+)"
NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s?(?P<currency>(?:US|A|C)?[$€£¥₹₽₩]|(?:USD|EUR|GBP|CHF)\s)?\s?(?P<inner>-?)(?:"
    r"(?:(?P<whole>[0-9]{1,9})\s?)?\\[dtc]?frac\s?\{\s?(?P<top>-?[0-9]{1,100})\s?\}\s?\{\s?(?P<bottom>[0-9]{1,100})\s?\}"
    r"|(?:(?P<mixed>[0-9]{1,9})\s)?(?P<over>[0-9][0-9.,'_ ]{0,100})\s?/\s?(?P<under>[0-9][0-9.,'_]{0,100})(?!\s?/)"
    r"|(?P<digits>" + DIGITS + r")(?:[eE](?P<exponent>[-+]?[0-9]{1,5})"
    r"|\s?(?:[×x*·]|\\times|\\cdot)\s?10\s?(?:\^|\*\*)\s?[{(]?\s?(?P<power>[-+]?[0-9]{1,5})\s?[)}]?)?)"
)
POWER_OF_TEN = re.compile(r"(?P<sign>[-+]?)10\s?(?:\^|\*\*)\s?[{(]?\s?(?P<power>[-+]?[0-9]{1,5})\s?[)}]?")
LEAD = re.compile(
    r"^(?:(?:so|thus|hence|therefore),?\s{1,3})?(?:(?:the|my)\s{1,3})?(?:(?:final|correct|right|total)\s{1,3})?"
    r"(?:answer|result|total|solution|value)\s{0,3}(?:is|:|=|≈|equals)\s{0,3}(?:equal to\s{1,3})?"
    r"|^(?:it is|it's|about|approximately|approx\.?|roughly|around|exactly|equals|\\approx|\\sim|[≈~=:])\s{0,3}",
    re.I,
)
NAMED = re.compile(r"^[^\W\d_](?:[^\W_]|_){0,20}(?:\s[^\W\d_](?:[^\W_]|_){0,20}){0,3}\s{0,3}(?:=|≈|\\approx)\s{0,3}")
WORKED = re.compile(r"^[0-9\s.,()]{1,60}(?:[+*×·÷/-]|\\(?:times|cdot|div))(?:[0-9\s.,()+*×·÷/-]|\\(?:times|cdot|div)){1,100}=\s{0,3}")
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SCALE = re.compile(r"\s?(dozen|hundred|thousand|million|billion|trillion)s?(?![^\W\d_])\s?", re.I)
PERCENT = re.compile(r"\s?(?:%|percent|per cent|pct|percentage points?)(?![^\W\d_])\s?", re.I)
CURRENCIES = {"$": "dollar", "US$": "dollar", "USD": "dollar", "€": "euro", "EUR": "euro", "¥": "yen", "₹": "rupee"}
WORDS = re.compile(r"\s?[^\W\d_](?:[^\W\d_]|-){0,30}(?:\s[^\W\d_](?:[^\W\d_]|['-]){0,30}){0,4}$")
OTHER_STATEMENT = re.compile(
    r"(?<![^\W\d_])(?:or|and|to|but|not|nor|maybe|perhaps|possibly|either|than|more|less|fewer|plus|minus|times|divided"
    r"|over|under|through|until|percent|half|quarter|thirds?|oder|und|ou|et|bis|o|y|squared|cubed|wrong|incorrect"
    r"|something|approximately|factorial|e|pi|i)(?![^\W\d_])|^\s?[a-zA-Z]$",
    re.I,
)


def characters(text):
    def fraction(match):
        written = unicodedata.normalize("NFKD", match[2]).replace("⁄", "/")
        return f"{match[1]} {written}" if match[1] else written

    def script(sign):
        def write(match):
            plain = "".join(SCRIPTS[sign][one] for one in match[0])
            if len(plain) == 1:
                return sign + plain
            return f"^({plain})" if sign == "^" else f"_{{{plain}}}"

        return write

    if not text.isascii():
        text = re.sub(r"([0-9]?)[ \u00a0]?([¼½¾⅐-⅞])", fraction, text)
        for sign, table in SCRIPTS.items():
            text = re.sub("[" + "".join(table) + "]+", script(sign), text)
        text = text.replace("，", ", ")
        text = "".join(str(unicodedata.digit(one)) if unicodedata.category(one) == "Nd" else one for one in text)
        text = re.sub(r"[！-＋－-～]", lambda match: unicodedata.normalize("NFKC", match[0]), text)
        text = re.sub(r"[−﹣‐‑‒–](?=\s?[0-9.(√π∞\\$a-zA-Z])", "-", text)
        text = re.sub(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]", " ", text)
        text = re.sub(r"[\u200b-\u200d\u2060\ufeff]", "", text)
        text = re.sub(r"[∙⋅‧・]", "·", text)
        text = re.sub(r"[∕⁄]", "/", text)
        text = re.sub(r"…|⋯", "...", text)
    text = re.sub(r"[’‘′]", "'", text)
    return re.sub(r"\^\((-?[0-9]+)\)", r"^{\1}", text)


def in_style(written, group, decimal, is_indian):
    whole, *more = written.split(decimal)
    fraction = more[0] if more else None
    if len(more) > 1 or re.fullmatch("[0-9]*", fraction or "") is None:
        return None
    first, *others = whole.split(group)
    end = "" if fraction is None else f".{fraction}"
    if not others:
        if re.fullmatch("[0-9]*", first) is None or first + (fraction or "") == "":
            return None
        return first + end
    if re.fullmatch("[1-9][0-9]?" if is_indian else "[1-9][0-9]{0,2}", first) is None:
        return None
    for place, one in enumerate(others):
        digits = 2 if is_indian and place < len(others) - 1 else 3
        if re.fullmatch(f"[0-9]{{{digits}}}", one) is None:
            return None
    return first + "".join(others) + end


def decimal_of(written, locale):
    for style in STYLES[locale]:
        plain = in_style(written, *style)
        if plain is not None:
            return Fraction(f"0{plain}" if plain.startswith(".") else plain.rstrip("."))
    return None


def power_of_ten(exponent):
    return None if abs(exponent) > 2000 else Fraction(10) ** exponent


def size_of(found, locale):
    if found["top"] is not None:
        return mixed(found["whole"], ratio(Fraction(found["top"]), Fraction(found["bottom"])))
    if found["over"] is not None:
        return mixed(found["mixed"], ratio(decimal_of(found["over"].strip(), locale), decimal_of(found["under"], locale)))
    value, ten = decimal_of(found["digits"], locale), found["exponent"] or found["power"]
    if value is None or ten is None:
        return value
    factor = power_of_ten(int(ten))
    return None if factor is None else value * factor


def ratio(over, under):
    return None if over is None or not under else over / under


def mixed(whole, part):
    if whole is None or part is None:
        return part
    return int(whole) + part if 0 <= part < 1 else None


def unit_named(written):
    text = re.sub(r"\\(?:text|mathrm|mbox)|[{}$.]|\\[,;: ]", " ", written)
    text = re.sub(r"\s+per\s+|\s*/\s*", "/", re.sub(r"\\cdot|·", "*", text)).strip()
    if text == "" or len(text) > 40:
        return None
    parts = [unit_with_power(part) for part in text.split("/")]
    return None if None in parts else "/".join(parts)


def unit_with_power(written):
    found = re.fullmatch(
        r"(?:(square|sq)\s+|(cubic|cu)\s+)?([a-zA-Zµμ]+)\s*(?:\^?\s*([23])|(squared)|(cubed))?", written.strip()
    )
    if found is None:
        return None
    area, volume, unit, power, squared, cubed = found.groups()
    word = unit.lower()
    name = UNIT_NAMES.get(unit) or (
        (UNIT_NAMES.get(word) or UNIT_NAMES.get(re.sub("s$", "", word))) if len(unit) > 1 else None
    )
    if name is None:
        return None
    if area or squared or power == "2":
        return f"{name}^2"
    return f"{name}^3" if volume or cubed or power == "3" else name


def whole_unit(rest):
    degrees = re.fullmatch(r"\s?°\s?(?:([CF])(?![a-zA-Z]))?", rest)
    return None if degrees is None else f"deg{degrees[1] or ''}"


def read_number(text, locale):
    """(value, whether it is a percentage, unit or None), or None."""
    if len(text) > 400:
        return None
    plain = characters(plain_answer(text))
    for _ in range(3):
        shorter = WORKED.sub("", NAMED.sub("", LEAD.sub("", plain, count=1), count=1), count=1)
        if shorter == plain:
            break
        plain = plain_answer(shorter)
    plain = re.sub(r"[.,;]+$", "", plain).strip()
    power = POWER_OF_TEN.match(plain)
    match = power or NUMBER.match(plain)
    if match is None:
        return None
    found = match.groupdict()
    size = power_of_ten(int(found["power"])) if power else size_of(found, locale)
    if size is None or (found["sign"] and found.get("inner")):
        return None
    if (found["sign"] == "-") != (found.get("inner") == "-"):
        size = -size
    written = (found.get("currency") or "").strip()
    return measured(size, plain[match.end() :], CURRENCIES.get(written) or written or None)


def measured(value, rest, currency):
    scale = SCALE.match(rest)
    if scale is not None:
        value *= SCALES[scale[1].lower()]
        rest = rest[scale.end() :]
    percent = PERCENT.match(rest)
    if percent is not None:
        value /= 100
        rest = rest[percent.end() :]
    is_percent = percent is not None
    rest = re.sub(r"^\s?[-)](?=[^\W\d_])", " ", rest).rstrip()
    if rest.strip() == "":
        return value, is_percent, currency
    if rest.strip() in "$€£¥₹₽₩":
        return value, is_percent, currency or CURRENCIES.get(rest.strip()) or rest.strip()
    unit = unit_named(rest) or whole_unit(rest)
    if unit is not None:
        return value, is_percent, currency or unit
    if WORDS.match(rest) is None or OTHER_STATEMENT.search(rest) is not None:
        return None
    return value, is_percent, currency


def unit_size(unit):
    """((dimension), factor) of km, cm^2 or km/h; None where it is not converted."""
    parts = []
    for part in unit.split("/"):
        name, _, power = part.partition("^")
        if name not in UNIT_SIZES:
            return None
        base, own, factor = UNIT_SIZES[name]
        parts.append((base, own * int(power or 1), factor ** int(power or 1)))
    if len(parts) > 2:
        return None
    factor = parts[0][2] if len(parts) == 1 else parts[0][2] / parts[1][2]
    return tuple(part[:2] for part in parts), factor


def in_unit_of(gold, answer, value):
    if gold is None or answer is None or gold == answer:
        return value
    wanted, given = unit_size(gold), unit_size(answer)
    if wanted is not None and given is not None:
        return value * given[1] / wanted[1] if wanted[0] == given[0] else None
    degrees = all(re.fullmatch("deg[CF]?", unit) for unit in (gold, answer)) and "deg" in (gold, answer)
    return value if degrees else None


def verify_number(
    gold,
    answer,
    absolute_tolerance=0,
    relative_tolerance=0,
    locale="auto",
    gold_locale=None,
    unit=None,
    require_unit=False,
    percent="either",
):
    wanted = None if gold is None else read_number(gold, gold_locale or locale)
    given = read_number(answer, locale)
    if wanted is None or given is None:
        return False
    (right, right_percent, right_unit), (value, is_percent, own_unit) = wanted, given
    if unit is not None and unit_named(unit) is None:
        return False
    right_unit = right_unit or (unit_named(unit) if unit else None)
    if require_unit and right_unit is not None and own_unit is None:
        return False
    value = in_unit_of(right_unit, own_unit, value)
    if value is None:
        return False
    readings = [(right, value)]
    if percent == "either" and right_percent != is_percent:
        readings.append((right * 100 if right_percent else right, value * 100 if is_percent else value))
    absolute, relative = Fraction(str(absolute_tolerance)), Fraction(str(relative_tolerance))
    return any(abs(a - b) <= max(absolute, relative * abs(a)) for a, b in readings)


# choice


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHOICE_LEAD = re.compile(
    r"^(?:(?:so|thus|hence|therefore),?\s{1,3})?(?:(?:the|my)\s{1,3})?(?:(?:final|correct|right|best)\s{1,3})?"
    r"(?:answer|choice|option)\s{0,3}(?:(?:is|would be|should be|must be)(?![a-zA-Z])|[:=])?\s{0,3}:?\s{0,3}"
    r"|^(?:it is|it's|it must be|i (?:think|believe|choose|pick|would say|say)(?: it is| it's)?)\s{1,3}",
    re.I,
)
LETTER_AND_TEXT = re.compile(r"[(\[]?\s?([A-Za-z])\s?(?:[)\]]\s?[.:,]?|[.:,;]|\s[-–—=]\s)\s{0,3}(?=\S)")
DENIED = re.compile(
    r"(?:,\s{0,3})?(?<![^\W\d_])(?:not|rather than|instead of)\s{1,3}(?:option\s{1,3}|choice\s{1,3})?[(\[]?[A-Za-z][)\]]?(?![^\W\d_])",
    re.I,
)


def letter_in(text, count):
    match = re.fullmatch(r"[(\[]?\s?([A-Za-z])\s?[)\].:]{0,2}", text)
    place = LETTERS.find(match[1].upper()) if match else -1
    return place if 0 <= place < count else None


def index_in(text, count, first):
    place = int(text) - first if re.fullmatch("[0-9]{1,2}", text) else -1
    return place if 0 <= place < count else None


def letters_in(text, count):
    found = re.finditer(r"(?<![^\W_])(?<!['’])([A-Z])(?![^\W_]|['’])", text)
    places = [LETTERS.find(one[1]) for one in found if not (one[1] in "AI" and re.match(r"\s[a-z]", text[one.end() :]))]
    return {place for place in places if place < count}


class Choices:
    def __init__(self, gold, choices=None, gold_is=None, first_index=0):
        self.texts = [words_of(one) for one in choices or []]
        self.places = {text: place for place, text in reversed(list(enumerate(self.texts)))}
        self.count, self.first = len(self.texts) or 26, first_index
        gold = gold.strip()
        found = {"letter": letter_in(gold, self.count), "text": self.places.get(words_of(gold))}
        found["index"] = index_in(gold, self.count, first_index) if choices else None
        places = {self.same(place) for kind, place in found.items() if place is not None and gold_is in (None, kind)}
        self.gold = places.pop() if len(places) == 1 else None

    def same(self, place):
        text = self.texts[place] if place < len(self.texts) else ""
        return self.places.get(text, place)

    def place_of(self, text):
        letter = letter_in(text, self.count)
        if letter is not None:
            return letter
        whole = None if LETTER_AND_TEXT.match(text) else self.places.get(words_of(text))
        has_indexes = self.texts and not any(re.match("[0-9]", one) for one in self.texts)
        if whole is not None or not has_indexes:
            return whole
        return index_in(re.sub("[.!]$", "", text), self.count, self.first)

    def named_in(self, answer):
        if len(answer) > 2000:
            return None
        text = plain_answer(answer)
        for _ in range(3):
            own = self.place_of(text)
            if own is not None:
                return own
            shorter = plain_answer(CHOICE_LEAD.sub("", text, count=1))
            if shorter in (text, ""):
                break
            text = shorter
        short = text.replace("**", "").strip()
        own = self.place_of(short)
        return self.with_text(short) if own is None else own

    def with_text(self, text):
        match = LETTER_AND_TEXT.match(text)
        letter = letter_in(match[1], self.count) if match else None
        if letter is None:
            return None
        rest = text[match.end() :]
        own = self.places.get(words_of(rest))
        if own is not None:
            return letter if own == self.same(letter) else None
        own_text = self.texts[letter] if letter < len(self.texts) else ""
        known = words_of(rest)
        starts = known.startswith(own_text)
        others = known[len(own_text) :] if starts else known
        kept = "" if starts and own_text else DENIED.sub("", rest)
        naming = any(
            place != letter and other not in ("", own_text) and other not in own_text and f" {other} " in f" {others} "
            for place, other in enumerate(self.texts)
        )
        offers = re.match(r"\s?(?:or|and|oder|und|ou|et)\s", others)
        return None if letters_in(kept, self.count) - {letter} or naming or offers else letter


def verify_choice(gold, answer, **options):
    if gold is None or gold.strip() == "" or any(one.strip() == "" for one in options.get("choices") or []):
        return False
    choices = Choices(gold, **options)
    named = choices.named_in(answer)
    return choices.gold is not None and named is not None and choices.same(named) == choices.gold


# regex


def engine_of(source, ignore_case):
    try:
        import re2

        options = re2.Options()
        options.case_sensitive = not ignore_case
        return re2.compile(source, options)
    except ImportError:
        pass
    except Exception:
        return None
    try:
        flags = re.ASCII if source.isascii() else 0
        return None if repeats_repeats(pattern_parser.parse(source)) else re.compile(source, flags | (re.I if ignore_case else 0))
    except (re.error, RecursionError, OverflowError):
        return None


REPEATS = (pattern_parser.MAX_REPEAT, pattern_parser.MIN_REPEAT, getattr(pattern_parser, "POSSESSIVE_REPEAT", None))


def repeats_repeats(parsed, inside=False):
    """Whether something that repeats stands in something that repeats, or a pattern asks for more than RE2 knows."""
    several = 0
    for kind, value in parsed:
        if kind in (pattern_parser.ASSERT, pattern_parser.ASSERT_NOT, pattern_parser.GROUPREF):
            return True
        is_open = kind in REPEATS and value[1] - value[0] > 20
        several += is_open
        if (is_open and inside) or several > 1 and inside:
            return True
        for part in parts_of(kind, value):
            if repeats_repeats(part, inside or kind in REPEATS):
                return True
    return several > 2


def parts_of(kind, value):
    if kind in REPEATS:
        return [value[2]]
    if kind is pattern_parser.SUBPATTERN:
        return [value[-1]]
    return value[1] if kind is pattern_parser.BRANCH else []


def verify_regex(gold, answer, pattern=None, match="whole", ignore_case=False):
    source = gold if pattern is None else pattern
    if not source:
        return False
    engine = engine_of(source, ignore_case)
    text = answer.strip()
    if engine is None or len(text) > 2000:
        return None
    return (engine.fullmatch(text) if match == "whole" else engine.search(text)) is not None


# json


class TwiceSaid(ValueError):
    pass


def without_repeats(pairs):
    if len({key for key, _ in pairs}) < len(pairs):
        raise TwiceSaid
    return dict(pairs)


def no_constant(name):
    raise ValueError(name)


def read_json(text):
    """(value,), or None where it is no JSON, says a key twice or nests too deep."""
    text = text.strip()
    fence = re.match(r"^```[a-zA-Z]{0,10}\s*\n(.*?)\n?\s*```$", text, re.S)
    try:
        value = json.loads(
            fence[1] if fence else text,
            object_pairs_hook=without_repeats,
            parse_constant=no_constant,
            parse_float=lambda written: Number(Fraction(written) if len(written) < 400 else written),
            parse_int=lambda written: Number(Fraction(written) if len(written) < 4000 else written),
        )
    except (ValueError, RecursionError):
        return None
    return (value,) if len(text) <= 50000 and depth_of(value) <= 100 else None


class Number:
    """A number by its value: 1, 1.0 and 1e0 are the same, and no number is true or false."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Number) and self.value == other.value

    __hash__ = None


def depth_of(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth_of, inside), default=0)


def same_json(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return type(a) is type(b) and a == b


def verify_json(gold, answer, schema=None, equal=True):
    if schema is not None or gold is None or not equal:
        return None
    wanted, given = read_json(gold), read_json(answer)
    return wanted is not None and given is not None and same_json(wanted[0], given[0])


# maths


def verify_maths(gold, answer, match=("latex", "expr"), precision=6, strict=True, allow_set_relation_comp=False):
    try:
        import math_verify
    except ImportError:
        return None
    kinds = {"latex": math_verify.LatexExtractionConfig(), "expr": math_verify.ExprExtractionConfig()}
    configs = [kinds[kind] for kind in match]

    def readings(text):
        formula = text if re.search(r"\$|\\\(|\\\[|\\boxed", text) else f"${text}$"
        return [math_verify.parse(one, extraction_config=configs) for one in dict.fromkeys([text, formula])]

    return any(
        math_verify.verify(
            wanted, given, float_rounding=precision, strict=strict, allow_set_relation_comp=allow_set_relation_comp
        )
        for wanted in readings(gold)
        for given in readings(answer)
    )


# list and set


PAIRS = {"[": "]", "(": ")", "{": "}"}
BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\(?[0-9]{1,3}[.)]\s+|\(?[a-z][.)]\s+)", re.I)


def without_brackets(text):
    close = PAIRS.get(text[:1])
    if close is None or not text.endswith(close):
        return text
    depth = 0
    for at, sign in enumerate(text):
        if sign in PAIRS:
            depth += 1
        elif sign in PAIRS.values():
            depth -= 1
            if depth == 0 and at < len(text) - 1:
                return text
    return text[1:-1].strip()


def outside(text, sign, before_space):
    parts, depth, is_quoted, start = [], 0, False, 0
    for at, one in enumerate(text):
        if one == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif one in PAIRS:
            depth += 1
        elif one in PAIRS.values():
            depth = max(0, depth - 1)
        elif one == sign and depth == 0 and (not before_space or text[at + 1 : at + 2].isspace()):
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def by_signs(text):
    lines = [line for line in re.split(r"[\n\r]+", text) if line.strip() != ""]
    if len(lines) > 1:
        return [re.sub(r"[,;]\s*$", "", line) for line in lines]
    semicolons = outside(text, ";", False)
    if len(semicolons) > 1:
        return semicolons
    commas = outside(text, ",", True)
    parts = commas if len(commas) > 1 else outside(text, ",", False)
    last = re.sub(r"^\s*(?:and|&)\s+", "", parts[-1], flags=re.I)
    return [*parts[:-1], *re.split(r",?\s+(?:and|&)\s+(?=[^,;]*$)", last, flags=re.I)]


def split_items(text, separator):
    if len(text) > 20000:
        return None
    plain = re.sub(r"\\([{}])", r"\1", plain_answer(text))
    if re.fullmatch(r"\[\s*\]|\(\s*\)|\{\s*\}|∅|\\(?:emptyset|varnothing)", plain):
        return []
    inner = without_brackets(plain)
    items = by_signs(inner) if separator is None else inner.split(separator)
    cleaned = [plain_answer(BULLET.sub("", item)) for item in items]
    cleaned = [item for item in cleaned if item != ""]
    return None if len(cleaned) > 200 else cleaned


def items_of(gold, answer, item, item_options, separator):
    if gold is None or gold.strip() == "":
        return None
    golds, given = split_items(gold, separator), split_items(answer, separator)
    if golds is None or given is None:
        return None
    return golds, given, lambda right, one: ITEMS[item](right, one, **(item_options or {}))


def verify_list(gold, answer, item="text", item_options=None, separator=None):
    read = items_of(gold, answer, item, item_options, separator)
    if read is None:
        return False
    golds, given, same = read
    if len(golds) != len(given):
        return False
    return all_of(same(right, one) for right, one in zip(golds, given))


def verify_set(gold, answer, item="text", item_options=None, separator=None):
    read = items_of(gold, answer, item, item_options, separator)
    if read is None:
        return False
    golds, given, same = read
    verdicts = {(right, one): same(right, one) for right in set(golds) for one in set(given)}
    if None in verdicts.values():
        return None
    covered = all(any(verdicts[right, one] for one in given) for right in golds)
    return covered and all(any(verdicts[right, one] for right in golds) for one in given)


def all_of(verdicts):
    """Like all, and None where one is not known and none is False."""
    seen = list(verdicts)
    return False if False in seen else None if None in seen else True


ITEMS = {
    "text": verify_text,
    "number": verify_number,
    "maths": verify_maths,
    "choice": verify_choice,
    "regex": verify_regex,
    "json": verify_json,
}
VERIFIERS = {**ITEMS, "list": verify_list, "set": verify_set}


def verify(name, options, gold, answer):
    if name not in VERIFIERS:
        return None
    return VERIFIERS[name](gold, answer, **options)
