"""Which organization, request and task a log line belongs to."""

import logging
from contextvars import ContextVar

organization: ContextVar[str] = ContextVar("organization", default="")
request_id: ContextVar[str] = ContextVar("request_id", default="")
task_id: ContextVar[str] = ContextVar("task_id", default="")


class Where(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.organization, record.request_id = organization.get(), request_id.get()
        record.task_id = task_id.get()
        return True
