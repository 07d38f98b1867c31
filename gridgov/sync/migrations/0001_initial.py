import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gridgov.ids
import gridgov.privacy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("mime", models.CharField(max_length=40)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("file", models.FileField(max_length=120, upload_to="")),
                ("thumbnail", models.FileField(max_length=120, upload_to="")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "sha256"], name="attachment_by_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaptureKey",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("device", models.UUIDField()),
                (
                    "key",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="text", null=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        db_index=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "device"), name="one_capture_key_per_person_and_phone")
                ],
            },
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("digest", models.BinaryField(max_length=32)),
                ("photos", models.JSONField(default=list)),
                ("base_version", models.CharField(blank=True, max_length=64)),
                ("captured_at", models.DateTimeField(blank=True, null=True)),
                ("offset", models.DurationField(blank=True, null=True)),
                ("corrected_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
                ("needs_review", models.BooleanField(default=False)),
                ("is_confidential", models.BooleanField(default=False)),
                ("problems", models.JSONField(default=list)),
                (
                    "payload",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="text", null=True
                    ),
                ),
                ("result_kind", models.CharField(blank=True, max_length=60)),
                ("result_id", models.CharField(blank=True, max_length=64)),
                ("result_url", models.CharField(blank=True, max_length=200)),
                ("changed_meanwhile", models.BooleanField(default=False)),
                (
                    "review",
                    models.CharField(
                        blank=True, choices=[("accepted", "Taken in"), ("discarded", "Put aside")], max_length=9
                    ),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("review_words", models.CharField(blank=True, max_length=500)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("needs_review", True)), fields=["received_at"], name="envelope_review"
                    ),
                    models.Index(
                        condition=models.Q(("review", "discarded")), fields=["received_at"], name="envelope_put_aside"
                    ),
                    models.Index(fields=["result_kind", "result_id"], name="envelope_by_result"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("review", ""), ("reviewed_at", None)),
                            models.Q(models.Q(("review", ""), _negated=True), ("reviewed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="envelope_reviewed_has_its_time",
                    )
                ],
            },
        ),
    ]
