"""What runs when. The scheduler lives in the worker and nowhere else.

Jobs are in memory. What must happen once in the whole installation is claimed in the database
first: letters by their outbox, sums by their lease.
"""

from __future__ import annotations

from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from ops_center.jobs import beat, letters, statistics


def timetable(
    heart: beat.Heart, survey: statistics.Survey, post: letters.Letters
) -> BlockingScheduler:
    """The worker's scheduler, not started yet."""
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    scheduler.add_job(heart.beat, "interval", seconds=beat.EACH, id="beat")
    scheduler.add_job(survey.renew, "cron", hour=statistics.HOUR, id="statistics")
    scheduler.add_job(post.turn, "interval", seconds=letters.EACH, id="letters")
    scheduler.add_job(post.tidy, "cron", hour=statistics.HOUR, minute=30, id="tidying")
    return scheduler
