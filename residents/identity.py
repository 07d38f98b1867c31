"""What is typed as a name, phone or identity number, made uniform and checked before it is sealed."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov.privacy.crypto import normalise

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3})?\d{7,8}")


def clean_name(text: str) -> str:
    """1 to 50 characters without digits or signs that names do not have."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 50 or re.search(r"[\d<>@#/\\]", name):
        raise ValidationError(_("Write the name as the person says it: up to 50 characters, no digits."))
    return name


def clean_phone(text: str) -> str:
    """A mobile number of 11 digits or a landline with or without area code; "" stays ""."""
    phone = normalise(text)
    if phone and not (MOBILE.fullmatch(phone) or LANDLINE.fullmatch(phone)):
        raise ValidationError(
            _("A mobile number has 11 digits and begins with 1; a landline has 7 or 8 and its area code.")
        )
    return phone


def clean_id_number(text: str, *, today: date) -> str:
    """18 characters by GB 11643: real date of birth not in the future, right check digit; "" stays ""."""
    number = normalise(text)
    if not number:
        return ""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise ValidationError(_("An identity number has 18 digits; the last may be X. Check what was typed."))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise ValidationError(_("Digits 7 to 14 are not a date. Check what was typed.")) from error
    if born > today or born.year < 1880:
        raise ValidationError(_("The date of birth in this number cannot be right. Check what was typed."))
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    if CHECK_DIGITS[total % 11] != number[17]:
        raise ValidationError(_("The last digit does not fit the others. Check what was typed."))
    return number
