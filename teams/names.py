"""Finding people the way they are typed on a phone: by the first letters of their name in pinyin."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Characters that are read differently when they are a surname.
SURNAMES = {
    "单": "s", "解": "x", "仇": "q", "曾": "z", "区": "o", "盖": "g", "朴": "p", "查": "z", "翟": "z", "任": "r",
    "华": "h", "乐": "y", "员": "y", "秘": "b", "折": "s", "繁": "p", "种": "c", "冼": "x", "那": "n", "覃": "q",
    "召": "s", "祭": "z", "重": "c", "黑": "h", "长": "z", "都": "d", "句": "g", "会": "g", "晟": "c", "尹": "y",
    "缪": "m", "宓": "m", "洗": "x", "尉": "w", "卜": "b", "石": "s", "沈": "s", "褚": "c", "隗": "w", "谌": "c",
}  # fmt: skip
DOUBLE_SURNAMES = {"尉迟": "yc", "万俟": "mq", "长孙": "zs", "单于": "cy", "澹台": "tt", "令狐": "lh"}


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """王小勤 → "wxq"; 单雄信 → "sxx"; letters stay, everything else goes."""
    compact = "".join(name.split())
    head = DOUBLE_SURNAMES.get(compact[:2], "")
    rest = compact[2:] if head else compact[1:]
    if not head:
        head = SURNAMES.get(compact[:1], "") or "".join(lazy_pinyin(compact[:1], style=Style.FIRST_LETTER))
    tail = "".join(lazy_pinyin(rest, style=Style.FIRST_LETTER))
    return "".join(c for c in (head + tail).lower() if c.isascii() and c.isalnum())
