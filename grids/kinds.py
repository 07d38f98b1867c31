"""What places and city assets are called: the kinds of places, and the classes and kinds of components (部件).

Kinds of places begin with the nine small ones (九小场所, docs/domain.md §3.3). Classes of components are the five of
GB/T 30428.2; the kinds below them are those of docs/domain.md §1.5. Cities number kinds differently, so a kind that is
not here is no error: it is shown by its number and by the name the register gives it. An office may call each of
them otherwise (settings, dictionaries).
"""

from contextlib import suppress

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gridgov.labels.words import named


class PlaceKind(TextChoices):
    """What sort of place (单位场所)."""

    SMALL_SHOP = "small_shop", named("place_kind.small_shop", _("Small shop"))
    SMALL_RESTAURANT = "small_restaurant", named("place_kind.small_restaurant", _("Small restaurant"))
    SMALL_INN = "small_inn", named("place_kind.small_inn", _("Small inn"))
    SMALL_AMUSEMENT = "small_amusement", named("place_kind.small_amusement", _("Small place of amusement"))
    SMALL_FITNESS = "small_fitness", named("place_kind.small_fitness", _("Small leisure and fitness place"))
    SMALL_CLINIC = "small_clinic", named("place_kind.small_clinic", _("Small clinic"))
    SMALL_SCHOOL = "small_school", named("place_kind.small_school", _("Small school or nursery"))
    SMALL_WORKSHOP = "small_workshop", named("place_kind.small_workshop", _("Small workshop"))
    SMALL_FLAMMABLE = "small_flammable", named("place_kind.small_flammable", _("Small store of flammables"))
    SCHOOL = "school", named("place_kind.school", _("School"))
    HOSPITAL = "hospital", named("place_kind.hospital", _("Hospital"))
    ELDER_CARE = "elder_care", named("place_kind.elder_care", _("Care home"))
    MARKET = "market", named("place_kind.market", _("Market or mall"))
    HOTEL = "hotel", named("place_kind.hotel", _("Hotel"))
    COMPANY = "company", named("place_kind.company", _("Company"))
    SITE = "site", named("place_kind.site", _("Building site"))
    CHARGING = "charging", named("place_kind.charging", _("Charging place or bicycle shed"))
    PUBLIC = "public", named("place_kind.public", _("Public office or institution"))
    ASSOCIATION = "association", named("place_kind.association", _("Association"))
    OTHER = "other", named("place_kind.other", _("Other place"))


NINE_SMALL = tuple(kind for kind in PlaceKind.values if kind.startswith("small_"))

# Up to where a place counts as one of the nine small ones.
THRESHOLDS = {
    PlaceKind.SMALL_SHOP: _("less than 300 m²"),
    PlaceKind.SMALL_RESTAURANT: _("fewer than 100 guests at a time"),
    PlaceKind.SMALL_INN: _("fewer than 50 beds"),
    PlaceKind.SMALL_AMUSEMENT: _("floors 1 to 3, less than 200 m²"),
    PlaceKind.SMALL_FITNESS: _("less than 200 m²"),
    PlaceKind.SMALL_CLINIC: _("fewer than 30 beds"),
    PlaceKind.SMALL_SCHOOL: _("fewer than 50 boarders, 500 pupils or 100 small children"),
    PlaceKind.SMALL_WORKSHOP: _("fewer than 50 workers, or 30 beds for them"),
    PlaceKind.SMALL_FLAMMABLE: _("less than 100 m²"),
}


class AssetClass(TextChoices):
    """The five classes of components (GB/T 30428.2)."""

    UTILITIES = "01", named("asset_class.01", _("Public utilities"))
    TRAFFIC = "02", named("asset_class.02", _("Roads and traffic"))
    CLEANNESS = "03", named("asset_class.03", _("Cleanness and appearance"))
    GREENERY = "04", named("asset_class.04", _("Parks and greenery"))
    OTHER = "05", named("asset_class.05", _("Other components"))


class AssetKind(TextChoices):
    """Class and kind, two digits each."""

    WATER_COVER = "0101", named("asset_kind.0101", _("Water supply cover"))
    SEWER_COVER = "0102", named("asset_kind.0102", _("Sewer cover"))
    RAIN_COVER = "0103", named("asset_kind.0103", _("Rainwater cover"))
    RAIN_GRATE = "0104", named("asset_kind.0104", _("Rainwater grate"))
    POWER_COVER = "0105", named("asset_kind.0105", _("Power cable cover"))
    LAMP_COVER = "0106", named("asset_kind.0106", _("Street lamp cover"))
    TELECOM_COVER = "0107", named("asset_kind.0107", _("Telecom cover"))
    CABLE_TV_COVER = "0108", named("asset_kind.0108", _("Cable TV cover"))
    NETWORK_COVER = "0109", named("asset_kind.0109", _("Network cover"))
    HEATING_COVER = "0110", named("asset_kind.0110", _("District heating cover"))
    GAS_COVER = "0111", named("asset_kind.0111", _("Gas cover"))
    POLICE_COVER = "0112", named("asset_kind.0112", _("Police cable cover"))
    FIRE_EQUIPMENT = "0113", named("asset_kind.0113", _("Fire hydrant or equipment"))
    UNKNOWN_COVER = "0114", named("asset_kind.0114", _("Cover of unknown owner"))
    TELECOM_CABINET = "0115", named("asset_kind.0115", _("Telecom cabinet"))
    POWER_CABINET = "0116", named("asset_kind.0116", _("Power equipment"))
    POLE = "0117", named("asset_kind.0117", _("Utility pole"))
    LAMP = "0118", named("asset_kind.0118", _("Street lamp"))
    KIOSK = "0121", named("asset_kind.0121", _("News kiosk"))
    FITNESS = "0126", named("asset_kind.0126", _("Fitness equipment"))
    PARKING = "0201", named("asset_kind.0201", _("Parking place"))
    BUS_STOP = "0203", named("asset_kind.0203", _("Bus shelter"))
    FOOTBRIDGE = "0205", named("asset_kind.0205", _("Footbridge"))
    UNDERPASS = "0206", named("asset_kind.0206", _("Underpass"))
    TRAFFIC_SIGN = "0209", named("asset_kind.0209", _("Traffic sign"))
    RAILING = "0211", named("asset_kind.0211", _("Road railing"))
    STREET_SIGN = "0213", named("asset_kind.0213", _("Street name sign"))
    SIGNAL = "0214", named("asset_kind.0214", _("Traffic light"))
    TOILET = "0301", named("asset_kind.0301", _("Public toilet"))
    SEPTIC_TANK = "0302", named("asset_kind.0302", _("Septic tank"))
    WASTE_ROOM = "0304", named("asset_kind.0304", _("Waste room"))
    BIN = "0305", named("asset_kind.0305", _("Waste bin"))
    LIGHT_BOX = "0306", named("asset_kind.0306", _("Light box or neon sign"))
    SIGNBOARD = "0307", named("asset_kind.0307", _("Signboard"))
    OLD_TREE = "0401", named("asset_kind.0401", _("Protected old tree"))
    TREE = "0402", named("asset_kind.0402", _("Street tree"))
    TREE_GRATE = "0403", named("asset_kind.0403", _("Tree grate"))
    PLANTER = "0404", named("asset_kind.0404", _("Planter"))
    LAWN = "0405", named("asset_kind.0405", _("Green space"))
    SCULPTURE = "0406", named("asset_kind.0406", _("Sculpture"))
    BENCH = "0407", named("asset_kind.0407", _("Street bench"))
    NOTICE_BOARD = "0501", named("asset_kind.0501", _("Notice board"))
    SHELTER = "0502", named("asset_kind.0502", _("Civil defence shelter"))
    BASEMENT = "0503", named("asset_kind.0503", _("Basement of public housing"))


class Condition(TextChoices):
    """How a component was found last."""

    INTACT = "intact", _("Intact")
    DAMAGED = "damaged", _("Damaged")
    MISSING = "missing", _("Missing")
    DISUSED = "disused", _("Out of use")


class Ending(TextChoices):
    """Why something is no longer listed."""

    GONE = "gone", _("Closed or taken away")
    MOVED = "moved", _("Moved or replaced")
    MISTAKE = "mistake", _("Entered by mistake")


def asset_kind(code: str) -> str:
    """What a kind of four digits is called; "0299" as class and number where the list has none."""
    with suppress(ValueError):
        return str(AssetKind(code).label)
    group = str(AssetClass(code[:2]).label) if code[:2] in AssetClass.values else code[:2]
    return f"{group} {code[2:]}"
