import uuid

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
            name="GroupRobot",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("unit_id", models.BigIntegerField(editable=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "at",
                    models.CharField(
                        choices=[("wecom_group", "WeCom"), ("dingtalk_group", "DingTalk")],
                        max_length=20,
                        verbose_name="where",
                    ),
                ),
                ("label", models.CharField(max_length=60, verbose_name="group")),
                (
                    "url",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="text", null=True, verbose_name="webhook address"
                    ),
                ),
                (
                    "secret",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="text", null=True, verbose_name="secret"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "group robot",
                "indexes": [
                    models.Index(condition=models.Q(("retired_at", None)), fields=["unit_id"], name="robot_by_unit"),
                    models.Index(fields=["area_path"], name="robot_by_path"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "address",
                    gridgov.privacy.fields.SealedField(
                        blank=True,
                        bound_to="public_id",
                        editable=True,
                        kind="email",
                        null=True,
                        verbose_name="e-mail address",
                    ),
                ),
                ("code_until", models.DateTimeField(editable=False, null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mailbox", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PushDevice",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "subscription",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="text", null=True, verbose_name="subscription"
                    ),
                ),
                ("endpoint_index", models.BinaryField(max_length=16, unique=True)),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="device")),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(blank=True, max_length=60)),
                ("subject_id", models.CharField(blank=True, max_length=64)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("created_at", models.DateTimeField(verbose_name="when")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["user", "-id"], name="notice_by_user"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["user", "-id"], name="notice_unread"),
                    models.Index(fields=["subject_kind", "subject_id"], name="notice_by_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=30, verbose_name="channel")),
                ("area_path", models.CharField(blank=True, db_collation="C", editable=False, max_length=120)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("payload", models.JSONField(default=dict)),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("created_at", models.DateTimeField(verbose_name="when")),
                ("next_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=20)),
                ("error_detail", models.CharField(blank=True, max_length=80)),
                (
                    "robot",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notices.grouprobot",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["channel", "next_at"], name="outbox_due"
                    ),
                    models.Index(fields=["user", "-id"], name="outbox_by_person"),
                    models.Index(
                        condition=models.Q(("state", "failed")), fields=["channel", "-id"], name="outbox_failed"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="outbox_sent_has_its_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ways", models.JSONField(default=dict)),
                ("digest_by", models.CharField(blank=True, max_length=30)),
                ("digest_hour", models.PositiveSmallIntegerField(default=18, verbose_name="hour of the digest")),
                ("zone", models.CharField(blank=True, max_length=40, verbose_name="time zone")),
                ("digest_since", models.DateTimeField(editable=False, null=True)),
                ("digest_next_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("digest_next_at__isnull", False)),
                        fields=["digest_next_at"],
                        name="digest_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("digest_hour__lte", 23)), name="digest_hour_of_the_day")
                ],
            },
        ),
    ]
