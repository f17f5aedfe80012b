"""The Celery application and its schedule. Tasks only load and call; the database is the source of truth."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("kefudesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The only tasks that know the address of the role `backup`; where workers are apart, one of them takes these alone.
app.conf.task_routes = {"tenants.tasks.make_due_backup": {"queue": "backup"}}
app.conf.beat_schedule = {
    # If the broker loses everything, these find unfinished imports and unread log entries in the database.
    "resume-imports": {"task": "intake.tasks.resume_imports", "schedule": 60.0},
    "delete-kept-files": {"task": "intake.tasks.delete_kept_files", "schedule": crontab(hour=19, minute=0)},
    "make-due-backup": {"task": "tenants.tasks.make_due_backup", "schedule": 900.0},
    "apply-retention": {"task": "kpis.tasks.apply_retention_to_all", "schedule": crontab(hour=18, minute=0)},
    "delete-old-notices": {
        "task": "team.tasks.delete_old_notices_of_all",
        "schedule": crontab(hour=18, minute=30),
    },
    "tell-people": {"task": "team.tasks.tell_all", "schedule": 30.0},
    "close-overdue-duties": {"task": "desk.tasks.close_duties_of_all", "schedule": 180.0},
    "refresh-work": {"task": "desk.tasks.refresh_work_all", "schedule": crontab(minute=17)},
    "escalate-complaints": {"task": "desk.complaint_tasks.escalate_all", "schedule": 60.0},
    "regrade-reviews": {"task": "desk.complaint_tasks.regrade_all", "schedule": 600.0},
    # Mondays begin at different times; the one before and after are Sunday's and Tuesday's in UTC.
    "tell-feedback-of-week": {
        "task": "desk.complaint_tasks.tell_feedback_of_week",
        "schedule": crontab(minute=5, day_of_week="sun,mon,tue"),
    },
    "propose-promises": {"task": "desk.promise_tasks.propose_promises_of_all", "schedule": 300.0},
    "look-for-risk": {"task": "desk.risk_tasks.look_for_risk_in_all", "schedule": 300.0},
    "drop-old-signs-of-risk": {
        "task": "desk.risk_tasks.drop_old_signs_of_all",
        "schedule": crontab(hour=18, minute=45),
    },
    "settle-fines": {"task": "desk.fine_tasks.settle_fines_of_all", "schedule": 600.0},
    # Behind the attendance of the same hour.
    "look-for-fines": {"task": "desk.fine_tasks.look_for_fines_of_all", "schedule": crontab(minute=27)},
    "finish-violations": {
        "task": "desk.violation_tasks.finish_violations_of_all",
        "schedule": crontab(hour=18, minute=15),
    },
    "inspect-chats": {"task": "desk.policy_tasks.inspect_all", "schedule": 60.0},
    "detect-follow-ups": {"task": "desk.tasks.detect_all", "schedule": 60.0},
    "mail-daily-tables": {"task": "kpis.tasks.mail_daily_tables_to_all", "schedule": 300.0},
    "refresh-kpis": {"task": "kpis.tasks.refresh_all", "schedule": 30.0},
}


@worker_init.connect
def refuse_a_role_that_bypasses(**kwargs) -> None:
    """The worker starts only as a database role that row-level security binds."""
    from django.core.management import call_command

    call_command("check", databases=["default"])


@task_prerun.connect
def name_the_task(task_id=None, **kwargs) -> None:
    """Log lines say which task they belong to."""
    from tenants import logs

    logs.task_id.set(task_id or "")
