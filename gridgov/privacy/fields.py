"""Model fields for personal data: sealed at rest, masked when shown, opened only by `privacy.actions.reveal`."""

from typing import Any

from django.db import models

from gridgov.privacy import crypto, masks


class Sealed:
    """The value of a SealedField on one row. `str()` gives the mask; the text is for `reveal` alone."""

    __slots__ = ("blob", "context", "kind", "pending")

    def __init__(self, kind: str, context: str, *, blob: bytes | None = None, pending: str | None = None) -> None:
        self.kind, self.context, self.blob, self.pending = kind, context, blob, pending

    def open(self) -> str:
        """The plain text. Called by `reveal`, by masks and by sealing again; an architecture test bans it elsewhere."""
        if self.pending is not None:
            return self.pending
        return crypto.unseal(self.blob, self.context) if self.blob else ""

    def __bool__(self) -> bool:
        return bool(self.pending) or bool(self.blob)

    def __str__(self) -> str:
        return masks.mask(self.open(), self.kind)

    __repr__ = __str__


class _SealedAttribute:
    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            row.refresh_from_db(fields=[self.field.attname])
        raw = row.__dict__[self.field.attname]
        if isinstance(raw, Sealed):
            return raw
        return Sealed(self.field.kind, self.field.context(row), blob=bytes(raw) if raw else None)

    def __set__(self, row: models.Model, value: Any) -> None:
        if isinstance(value, str):
            value = Sealed(self.field.kind, "", pending=value)
        row.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):
    """Text encrypted (`privacy.crypto`) and bound to its table, field and row (a swapped ciphertext is refused).

    `bound_to` names the field that identifies the row: the primary key, or another UUID where the key is a
    bigint that the database hands out. Assign a str to set it; "" clears it. Reading gives a `Sealed`, whose
    `str()` is the mask.
    """

    def __init__(self, *args: Any, kind: str = masks.Kind.TEXT, bound_to: str = "pk", **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.bound_to = bound_to

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": str(self.kind), "bound_to": self.bound_to}

    def contribute_to_class(self, cls: type, name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, self.attname, _SealedAttribute(self))

    def context(self, row: models.Model) -> str:
        """What binds a ciphertext to its place."""
        return f"{row._meta.label_lower}.{self.attname}:{getattr(row, self.bound_to)}"

    def pre_save(self, row: models.Model, add: bool) -> bytes | None:
        value: Sealed = getattr(row, self.attname)
        if value.pending is None:
            return value.blob
        if getattr(row, self.bound_to) is None:
            raise ValueError(f"{row._meta.label}.{self.bound_to} must be known before {self.attname} can be sealed")
        context = self.context(row)
        blob = crypto.seal(value.pending, context) if value.pending else None
        row.__dict__[self.attname] = Sealed(self.kind, context, blob=blob)
        return blob

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value.blob if isinstance(value, Sealed) else value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # never in a dump
