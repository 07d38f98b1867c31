"""What buildings, places, assets and categories are called: written as it is looked for, found by its sound too."""

from typing import Any

from django.db import models

from gridgov.words import initials, plain


class PlainField(models.CharField):
    """A name or an address; full-width digits and letters become plain ones whenever it is written or compared."""

    def to_python(self, value: Any) -> Any:
        """From forms and files."""
        found = super().to_python(value)
        return plain(found) if isinstance(found, str) else found

    def get_prep_value(self, value: Any) -> Any:
        """To the database, in a row, an update or an exact comparison."""
        found = super().get_prep_value(value)
        return plain(found) if isinstance(found, str) else found

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The object in hand says what the row says."""
        setattr(model_instance, self.attname, self.to_python(getattr(model_instance, self.attname)))
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        """For the database it is text like any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class InitialsField(models.CharField):
    """First letters of `name` in pinyin, worked out whenever the row is written: 春风面馆 → "cfmg"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 80, "default": "", "blank": True, "editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """From the name as it is now."""
        found = initials(getattr(model_instance, "name", ""))[: self.max_length]
        setattr(model_instance, self.attname, found)
        return found

    def deconstruct(self) -> Any:
        """For the database it is text like any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class Called(models.Model):
    """Whatever has a name: its initials are written with it."""

    initials = InitialsField()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """A new name brings its initials along."""
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "initials"}
        super().save(*args, update_fields=update_fields, **kwargs)
