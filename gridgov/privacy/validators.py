"""Identity and phone numbers as people type them: made plain, then checked by the rule of their standard."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.privacy.crypto import normalise

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CHECK_DIGITS = "10X98765432"
LANDLINE = re.compile(r"(?:0[1-9][0-9]{1,2})?[2-9][0-9]{6,7}|[48]00[0-9]{7}")


def clean_mobile(text: str) -> str:
    """A mainland mobile number as eleven plain digits; +86 or 0086 in front is dropped. ValidationError otherwise."""
    plain = normalise(text)
    for prefix in ("+86", "0086"):
        plain = plain.removeprefix(prefix)
    if len(plain) == 11 and plain.isascii() and plain.isdigit() and plain[0] == "1" and plain[1] in "3456789":
        return plain
    raise ValidationError(
        _("Enter a mobile number of 11 digits that begins with 13 to 19, for example 13800000000."), code="mobile"
    )


def clean_phone(text: str) -> str:
    """A mobile number, a landline with or without area code, or a 400 or 800 number, as plain digits.

    Short service numbers (110, 12345) are nobody's own phone: they are refused.
    """
    plain = normalise(text)
    try:
        return clean_mobile(plain)
    except ValidationError:
        if LANDLINE.fullmatch(plain):
            return plain
        raise ValidationError(
            _(
                "Enter a mobile number of 11 digits, or a landline of 7 or 8 digits with or without area code, for "
                "example 027-87651234. Short service numbers such as 110 or 12345 are not a person's phone."
            ),
            code="phone",
        ) from None


def clean_id_number(text: str) -> str:
    """An 18-digit identity number (GB 11643), x written X. ValidationError says what is wrong with it.

    The date of birth must be real and not in the future. Nothing else is read from the number.
    """
    plain = normalise(text)
    if len(plain) == 15 and plain.isascii() and plain.isdigit():
        raise ValidationError(_("Numbers of 15 digits are no longer valid. Enter the 18 digits."), code="id_old")
    if not (len(plain) == 18 and plain.isascii() and plain[:17].isdigit() and plain[17] in "0123456789X"):
        raise ValidationError(_("An identity number has 17 digits and then a digit or X."), code="id_form")
    if _birth_date(plain) is None:
        raise ValidationError(_("Digits 7 to 14 are not a date of birth. Compare with the card."), code="id_date")
    if plain[17] != check_digit(plain):
        raise ValidationError(_("The last digit does not fit the others. Compare with the card."), code="id_check")
    return plain


def check_digit(number: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits (GB 11643-1999)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number[:17], strict=True))
    return CHECK_DIGITS[total % 11]


def _birth_date(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if date(1850, 1, 1) <= born <= timezone.localdate() else None
