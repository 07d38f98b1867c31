"""GB 11643 and mobile numbers, with the vectors of the domain facts."""

import pytest
from django.core.exceptions import ValidationError

from gridgov.privacy.validators import check_digit, clean_id_number, clean_mobile, clean_phone

VALID = [
    "11010519491231002X",
    "440524188001010014",
    "990101193802150014",
    "990101194211030023",
    "990101195607010031",
    "990101196704200042",
    "990101197812120052",
    "990101198506060068",
    "990101199109090073",
    "990101199808080085",
    "990101201003150090",
    "990101201506010110",
    "990101201902280120",
    "990101194510010137",
]


@pytest.mark.parametrize("number", VALID)
def test_valid_numbers_pass(number):
    assert clean_id_number(number) == number
    assert check_digit(number) == number[17]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("11010519491231002x", "11010519491231002X"),
        ("９９０１０１１９９８０８０８００８５", "990101199808080085"),
        (" 990101 19980808 0085 ", "990101199808080085"),
    ],
)
def test_what_people_type_is_made_plain(typed, stored):
    assert clean_id_number(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("110105194912310021", "id_check"),
        ("110105199902300015", "id_date"),
        ("99010129980808008X", "id_date"),
        ("99010119980808008", "id_form"),
        ("990101980808008", "id_old"),
        ("99010119980808008Y", "id_form"),
        ("٩٩٠١٠١١٩٩٨٠٨٠٨٠٠٨٥", "id_form"),
        ("", "id_form"),
    ],
)
def test_wrong_numbers_are_refused_with_a_reason(typed, code):
    with pytest.raises(ValidationError) as caught:
        clean_id_number(typed)
    assert caught.value.code == code


@pytest.mark.parametrize("typed", ["19900000001", "199 0000 0001", "+86 199-0000-0001", "１９９００００００01"])
def test_mobile_is_made_plain(typed):
    assert clean_mobile(typed) == "19900000001"


@pytest.mark.parametrize("typed", ["", "12900000001", "1990000000", "199000000011", "abc", "٠١٩٩٠٠٠٠٠٠٠"])
def test_wrong_mobile_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_mobile(typed)


def test_landline_is_a_phone_but_no_mobile():
    assert clean_phone("027-87651234") == "02787651234"
    assert clean_phone("+86 199 0000 0001") == "19900000001"


@pytest.mark.parametrize("typed", ["8765 123", "87651234", "0712-2345678", "010-87651234", "400-820-0001"])
def test_landline_goes_with_or_without_its_area_code(typed):
    assert clean_phone(typed) == typed.replace("-", "").replace(" ", "")


@pytest.mark.parametrize("typed", ["110", "12345", "1990000000", "876512", "00-8765123", "0278765", "02787651234567"])
def test_short_numbers_and_lost_digits_are_no_phone(typed):
    with pytest.raises(ValidationError, match="12345"):
        clean_phone(typed)
