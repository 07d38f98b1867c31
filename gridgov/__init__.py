"""Composition root: settings, URLs and the kernels every app stands on."""

from gridgov.celery import app as celery_app

__all__ = ["celery_app"]
