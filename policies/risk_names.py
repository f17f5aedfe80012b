"""Names that tell of risk (R16): machine-like nicks, recipients who are famous, recipients who are nobody. Pure."""

import re
import unicodedata

from policies.detection.folding import fold
from policies.risk_stars import SHORT_STARS, STARS

# Names the platforms themselves give to whoever chooses none: most who bear one are ordinary buyers.
_GIVEN_BY_PLATFORM = re.compile(
    r"tb\d{4,}(?:_\d+)?|t_?\d{5,}(?:_\d+)?|u\d{6,}|jd_?[0-9a-z]{5,}|wxid_[0-9a-z]+|user_?[0-9a-z]{6,}|[0-9a-z]{10}@shopee"
)
_SEPARATORS = re.compile(r"[_\-. ]")
_PLAIN = re.compile(r"[a-z0-9]+")
_RUNS = re.compile(r"[a-z]+|\d+")
# Four letters and more that can be said: a vowel among them, never three consonants in a row.
_READABLE = re.compile(r"(?=.{4})(?=.*[aeiouv])(?!.*[^aeiouvy]{3})[a-z]+")
LEAST_NICK, LEAST_SWITCHES, LONGEST_MUTE = 10, 4, 8

_HONORIFIC = re.compile(r"(?:先生|女士|小姐|太太|同学|老师|阿姨|叔叔|收|亲启|本人|代收)+$")
_BLANK = re.compile(r"[\s.·・•*_\-~/|'\"()\[\]{}<>,;:!?。,、;:!?()【】《》]+")
_NOBODY = re.compile(
    r"收件人|收货人|收件|收货|匿名|无名氏?|保密|某某某?|某人|某先生|某女士|测试\w*|test\w*|本人|自己|朋友|客户|顾客|买家|用户|姓名|名字"
    r"|先生|女士|小姐|太太|同学|老师|阿姨|亲|宝宝|你猜|不告诉你|路人[甲乙丙]?|张三|李四|王五|甲|乙|丙|abc+|aaa+|asdf\w*|qwe\w*|xxx+|\d+"
)
_TITLED = re.compile(r"[\u3400-\u9fff]{1,2}(?:先生|女士|小姐|太太)")


def machine_like(nick: str, platform: str = "") -> bool:
    """Whether a nick is long, of letters and digits alone, and nothing that can be read or remembered.

    Given by the platform itself (tb and digits, jd_ and letters; on Shopee ten letters and digits): no sign at all.
    """
    name = unicodedata.normalize("NFKC", nick).casefold().strip()
    if _GIVEN_BY_PLATFORM.fullmatch(name) or _GIVEN_BY_PLATFORM.fullmatch(f"{name}@{platform}"):
        return False
    plain = _SEPARATORS.sub("", name)
    if len(plain) < LEAST_NICK or not _PLAIN.fullmatch(plain):
        return False
    runs = _RUNS.findall(plain)
    letters = [run for run in runs if run.isalpha()]
    if not letters or len(letters) == len(runs):
        return False
    if sum(len(run) for run in letters if _READABLE.fullmatch(run)) * 2 >= len(plain):
        return False
    mute = any(len(run) >= LONGEST_MUTE and not re.search("[aeiouyv]", run) for run in letters)
    return len(runs) - 1 >= LEAST_SWITCHES or mute


def cleaned(name: str) -> str:
    """A recipient's name as it is compared: folded, without blanks, marks and what people are called by."""
    return _HONORIFIC.sub("", _BLANK.sub("", fold(name.strip()).text.replace("\u200b", ""))) or ""


def is_famous(name: str) -> bool:
    """Whether a recipient's name is somebody famous: names of three and more characters anywhere in it, shorter ones
    only as the whole."""
    plain = cleaned(name)
    return plain in SHORT_STARS or any(
        plain[start : start + length] in STARS
        for length in range(3, 7)
        for start in range(len(plain) - length + 1)
    )


def is_vague(name: str) -> bool:
    """Whether a recipient's name names nobody. What a platform has masked (`王**`) says nothing either way."""
    whole = _BLANK.sub("", fold(name.strip()).text)
    if not name.strip() or "*" in unicodedata.normalize("NFKC", name):
        return False
    return len(whole) <= 1 or bool(_NOBODY.fullmatch(whole) or _TITLED.fullmatch(whole))
