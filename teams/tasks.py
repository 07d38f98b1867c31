"""The beat's knocks: posts that ended, rosters that are not out, tracks that are old, coverage that has changed."""

from celery import shared_task

from gridgov.dbtime import database_now
from teams import actions
from teams.actions import patrol_coverage, patrol_tracks


@shared_task
def announce_ended() -> int:
    """Hand open work over on the day a post ends."""
    return actions.announce_ended(now=database_now())


@shared_task
def remind_of_roster() -> int:
    """Say in the last days of a month that the next one's duty roster is not out."""
    return actions.remind_of_roster(now=database_now())


@shared_task
def forget_tracks() -> int:
    """Delete the points of patrols that are older than the retention."""
    return patrol_tracks.forget_tracks(now=database_now())


@shared_task
def reckon_coverage() -> int:
    """What was looked at, and what was not, in each week that may still change."""
    return patrol_coverage.reckon(now=database_now())
