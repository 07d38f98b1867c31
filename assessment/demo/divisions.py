"""The demo's proposals for a community, and the review of its grids a month ago."""

from datetime import timedelta

from django.utils import timezone

from assessment.demo.people import AUTUMN
from assessment.demo.street import Street
from grids.actions import proposals, reviews
from grids.division.propose import Wishes
from teams.models import Assignment
from teams.roles import Role

REVIEWED_DAYS = 34


def proposals_of_autumn(street: Street) -> None:
    """Three ways to divide 秋实社区, asked for yesterday and not taken yet."""
    by, area = street.admin(Role.OFFICE_ADMIN), street.areas[AUTUMN]
    asked = street.now - timedelta(days=1)
    made = proposals.propose(area, plan=None, wishes=Wishes(), by=by, now=asked)
    proposals.work_out(made.pk, now=asked)


def review_of_autumn(street: Street) -> None:
    """With one decision carried out and one that is due."""
    by, area = street.admin(Role.OFFICE_ADMIN), street.areas[AUTUMN]
    held = street.now - timedelta(days=REVIEWED_DAYS)
    day = timezone.localdate(held)
    posts = Assignment.objects.filter(area__path__startswith=area.path, role=Role.GRID_HEAD).select_related("user")
    heads = [post.user for post in posts.order_by("pk")[:3]] or [by]
    kept = reviews.hold_review(
        area,
        held_on=day,
        took_part=[by, *heads],
        findings="三个普通网格户数基本均衡；商业街专属网格边界清楚。第二网格横跨秋实二巷，走访不便。",
        decisions=[
            ("核对各楼栋户数，更新台账", heads[0], day + timedelta(days=14)),
            ("提出第二网格边界调整方案", by, day + timedelta(days=30)),
        ],
        by=by,
        now=held,
    )
    first = kept.decisions.order_by("due_on")[0]
    reviews.finish_decision(first, by=heads[0], now=held + timedelta(days=12))
