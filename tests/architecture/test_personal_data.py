"""Every field of every model is either plainly not personal, or sealed and declared; and only one door opens it."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.db import models

from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind

ROOT = Path(__file__).resolve().parents[2]
OURS = ("gridgov.", "grids", "teams", "residents", "incidents", "assessment")

# What a field that may hold somebody's data is called, as whole words of the name.
SUSPECT = re.compile(
    r"(?:^|_)(?:name|surname|phone|mobile|tel|telephone|fax|id_number|id_card|idcard|identity|birth|birthday|born|"
    r"address|addr|contact|email|mail|wechat|caller|reporter|resident|person|guardian|kin|passport|licence|plate)"
    r"(?:_|$)"
)

# Not personal data, although the name suggests it. Each with the reason; remove a line when its field goes.
ALLOWED = {
    "audit.AuditEvent.actor_name": "the staff number of who acted: the record must name them (等保 2.0, audit)",
    "audit.AuditEvent.address": "the network address a request came from: the record must say from where",
    "accounts.User.name": "a member of staff at work, shown in the address book by right",
    "accounts.User.username": "the staff number",
    "teams.Unit.name": "an office, not a person",
    "teams.TaskType.name": "a sort of task",
    "teams.PatrolRoute.name": "a way",
    "teams.Checkpoint.name": "a place",
    "teams.Unit.phone": "the published number of an office",
    "teams.Shift.name": "a shift of the day",
    "teams.Shift.phone": "the published number of the duty room",
    "grids.Area.name": "a place",
    "grids.Way.name": "a road or a river",
    "grids.Building.name": "a building",
    "grids.BoundaryPlan.name": "what a plan is called",
    "grids.Place.name": "a shop, a school: what stands on its sign",
    "grids.Place.address": "where a place is, not who lives there",
    "grids.Asset.name": "a lamp, a cover",
    "grids.Asset.address": "where it stands",
    "clock.WorkCalendar.name": "a calendar",
    "clock.Ladder.name": "a set of rules",
    "incidents.SavedView.name": "what a person calls a question to the list",
    "incidents.Category.name": "an entry of the catalogue",
    "incidents.Category.name_en": "the same in English",
    "grids.ImportBatch.file_name": "what a file was called",
    "grids.PlanImage.file_name": "what a file was called",
    "grids.Building.address": "where a building stands, not who lives in it",
}
# Names that hold no value of their own: foreign keys and counts lead to rows that are checked themselves.
STRUCTURAL = (models.ForeignKey, models.BooleanField, models.IntegerField, models.DateTimeField)

READS = re.compile(r"objects|rows|queryset|\(\)|self\.open")  # read off a QuerySet: incidents that are still open

# Who may call .open() on a sealed value, and why.
OPENERS = {
    "gridgov/privacy/actions.py": "reveal: the one door",
    "gridgov/privacy/fields.py": "masks are made from the text",
    "gridgov/sync/keys.py": "a capture key goes to the person it was made for, at sign-in",
    "gridgov/sync/review.py": "what was kept is handed to its handler again; the page shows it masked",
    "gridgov/privacy/rotation.py": "sealing anew under another key",
}


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith(OURS)]


def our_fields() -> list[models.Field]:
    return [field for model in our_models() for field in model._meta.local_concrete_fields]


def label(field: models.Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def test_every_sealed_field_is_declared_with_its_kind():
    declared = {
        label(f): getattr(f.model, "personal", {}).get(f.name) for f in our_fields() if isinstance(f, SealedField)
    }
    sealed = {label(f): Kind(f.kind) for f in our_fields() if isinstance(f, SealedField)}
    assert declared == sealed
    assert "accounts.User.phone" in sealed


def test_every_declared_field_is_sealed():
    loose = [
        f"{model._meta.label}.{name}"
        for model in our_models()
        for name in getattr(model, "personal", {})
        if not isinstance(model._meta.get_field(name), SealedField)
    ]
    assert loose == []


def test_every_field_named_like_personal_data_is_sealed_or_explained():
    loose = [
        label(field)
        for field in our_fields()
        if SUSPECT.search(field.name)
        and not isinstance(field, (SealedField, *STRUCTURAL))
        and not field.name.endswith("_index")  # a keyed hash, useless without the key
        and label(field) not in ALLOWED
    ]
    assert loose == [], "Seal and declare these, or say in ALLOWED why they are not personal data."


def test_every_blind_index_is_bytes():
    wrong = [label(f) for f in our_fields() if f.name.endswith("_index") and not isinstance(f, models.BinaryField)]
    assert wrong == []


def test_explanations_speak_of_fields_that_exist():
    assert sorted(set(ALLOWED) - {label(field) for field in our_fields()}) == []


def opens(path: Path) -> list[int]:
    """Lines that call .open() without arguments: on a sealed value there are none to give, files get a mode."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    bare = [call for call in calls if not call.args and not call.keywords]
    return [
        call.lineno
        for call in bare
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "open"
        and not READS.search(ast.unparse(call.func))
    ]


def test_sealed_values_are_opened_behind_one_door():
    """`.open()` also names a QuerySet's adjective (incidents still open): those are read off a manager or rows."""
    sources = [p for folder in ("gridgov", *OURS[1:]) for p in (ROOT / folder).rglob("*.py")]
    found = {str(p.relative_to(ROOT)) for p in sources if opens(p)}
    assert sorted(found - set(OPENERS)) == []


def test_raw_unsealing_stays_in_privacy():
    """Except for the secret of the second factor, which allauth itself asks for."""
    users = {
        str(p.relative_to(ROOT))
        for folder in ("gridgov", *OURS[1:])
        for p in (ROOT / folder).rglob("*.py")
        if "unseal(" in p.read_text()
    }
    outside = {path for path in users if not path.startswith("gridgov/privacy/")}
    assert outside <= {"gridgov/accounts/adapters.py"}
