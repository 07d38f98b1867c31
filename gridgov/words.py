"""One spelling of what people type and look for: digits and letters as on a keyboard, and the sound of Chinese names.

Full-width digits, letters and spaces become plain ones, when a name is written and when it is looked for. Punctuation
and characters stay: 《》（） belong to Chinese, and compatibility forms of characters may be a person's very name.
"""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_WIDE = {0xFF01 + n: 0x21 + n for n in range(94) if chr(0x21 + n).isalnum()} | {0x3000: 0x20}


def plain(text: str) -> str:
    """３号楼 → 3号楼, Ａ座 → A座; no NUL, no blanks around."""
    return text.translate(_WIDE).replace("\x00", "").strip()


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """First letters in pinyin, digits and letters as they are: 便民超市2店 → "bmcs2d"."""
    return "".join(c for c in "".join(lazy_pinyin(plain(name), style=Style.FIRST_LETTER)).lower() if _kept(c))


def _kept(c: str) -> bool:
    return c.isascii() and c.isalnum()
