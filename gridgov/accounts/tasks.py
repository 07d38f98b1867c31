"""Clears away what is over: sessions, counters, old one-time links."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from gridgov.accounts import lockout
from gridgov.accounts.models import PasswordReset
from gridgov.dbtime import database_now


@shared_task
def clear() -> None:
    """Remove expired sessions and their devices, counters out of their window, links older than a week."""
    present = database_now()
    Session.objects.filter(expire_date__lt=present).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive), last_seen_at__lt=present - timedelta(minutes=5)).delete()
    lockout.clear(now=present)
    PasswordReset.objects.filter(expires_at__lt=present - timedelta(days=7)).delete()
