"""Codes: which are well formed, and the next free one of an area (docs/domain.md §1.3, §3.5).

District 6 digits, street 9, community 12, grid 15; each begins with its parent's. A grid's last three are 001–799
for general and 901–999 for dedicated grids. Foreign codes live under a scheme of their own and are not checked.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov.privacy.crypto import normalise
from grids.kinds import AssetClass
from grids.models import Area, FormerCode

NATIONAL = "cn"
LENGTH = {Area.Kind.DISTRICT: 6, Area.Kind.STREET: 9, Area.Kind.COMMUNITY: 12, Area.Kind.GRID: 15}
SEQUENCES = {Area.GridKind.GENERAL: range(1, 800), Area.GridKind.DEDICATED: range(901, 1000)}


def check(code: str, kind: str, parent: Area | None, grid_kind: str = "") -> None:
    """ValidationError when a national code does not fit its level, its parent or its kind of grid."""
    length = LENGTH[Area.Kind(kind)]
    if not (code.isascii() and code.isdigit() and len(code) == length):
        raise ValidationError(
            _("The code %(code)s must have %(length)s digits for this level."),
            code="code_length",
            params={"code": code, "length": length},
        )
    if parent is not None and parent.code_scheme == NATIONAL and not code.startswith(parent.code):
        raise ValidationError(
            _("The code %(code)s must begin with the code of %(parent)s, %(parent_code)s."),
            code="code_parent",
            params={"code": code, "parent": parent.name, "parent_code": parent.code},
        )
    if grid_kind and int(code[-3:]) not in SEQUENCES[Area.GridKind(grid_kind)]:
        raise ValidationError(
            _("The last three digits of a grid's code are 001–799 for general, 901–999 for dedicated grids."),
            code="code_sequence",
        )


def grid_kind_of(code: str, scheme: str) -> str:
    """Dedicated when a national code says so by its last three digits; else general."""
    last = code[-3:] if scheme == NATIONAL else ""
    dedicated = last.isascii() and last.isdigit() and int(last) in SEQUENCES[Area.GridKind.DEDICATED]
    return Area.GridKind.DEDICATED if dedicated else Area.GridKind.GENERAL


def _former(scheme: str, prefix: str) -> set[str]:
    """Codes that were given once and numbered anew since."""
    rows = FormerCode.objects.filter(code_scheme=scheme, code__startswith=prefix)
    return set(rows.values_list("code", flat=True))


def next_free(parent: Area, kind: str, grid_kind: str = "") -> str:
    """The lowest code under `parent` that was never used. ValidationError when there is none left."""
    width = LENGTH[Area.Kind(kind)] - len(parent.code)
    if parent.code_scheme != NATIONAL or width <= 0:
        taken = set(parent.children.values_list("code", flat=True)) | _former(parent.code_scheme, parent.code)
        number = next(n for n in range(1, len(taken) + 2) if f"{parent.code}-{n:03}" not in taken)
        return f"{parent.code}-{number:03}"
    used = set(Area.objects.filter(code_scheme=NATIONAL, code__startswith=parent.code).values_list("code", flat=True))
    used |= _former(NATIONAL, parent.code)
    numbers = SEQUENCES[Area.GridKind(grid_kind)] if grid_kind else range(1, 10**width)
    for number in numbers:
        code = f"{parent.code}{number:0{width}}"
        if code not in used:
            return code
    raise ValidationError(_("Every code under %(parent)s is taken.") % {"parent": parent.name}, code="code_none_left")


CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z


def clean_credit_code(text: str) -> str:
    """A unified social credit code of 18 characters whose last one fits (GB 32100-2015). ValidationError otherwise."""
    plain = normalise(text).upper()
    if len(plain) != 18 or set(plain) - set(CREDIT_ALPHABET):
        raise ValidationError(
            _("A unified social credit code has 18 digits and capitals, without I, O, S, V and Z."), code="credit_form"
        )
    total = sum(CREDIT_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(plain[:17]))
    if CREDIT_ALPHABET[-total % 31] != plain[17]:
        raise ValidationError(
            _("The last character does not fit the others. Compare with the licence."), code="credit_check"
        )
    return plain


def clean_asset_code(text: str) -> str:
    """The 16 digits of a component: county 6, class 2, kind 2, sequence 6 (docs/domain.md §1.3), or ValidationError."""
    plain = normalise(text)
    if not (len(plain) == 16 and plain.isascii() and plain.isdigit()):
        raise ValidationError(_("The number of a component has 16 digits."), code="asset_form")
    if plain[6:8] not in AssetClass.values:
        raise ValidationError(
            _("Digits 7 and 8 are the class of the component, 01 to 05; here they are %(digits)s.")
            % {"digits": plain[6:8]},
            code="asset_class",
        )
    if plain[8:10] == "00" or plain[10:] == "000000":
        raise ValidationError(_("Kind (digits 9–10) and sequence (digits 11–16) begin at 1."), code="asset_sequence")
    return plain
