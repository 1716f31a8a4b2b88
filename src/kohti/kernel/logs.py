"""Logs for whoever runs the product: one JSON line each, without anything personal.

An exception is logged by its type and the places it went through; its message may hold values, so it stays
out, unless KOHTI_DEBUG=1 is set on a machine without real people.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback

import structlog


class Places(logging.Handler):
    """Writes a library's warnings and errors through structlog, exceptions without their messages."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record."""
        log = structlog.get_logger()
        facts: dict[str, object] = {"logger": record.name, "where": f"{record.filename}:{record.lineno}"}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _value, trace = record.exc_info
            facts["error"] = kind.__name__
            facts["places"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)[-8:]
            ]
            if os.environ.get("KOHTI_DEBUG") == "1":
                traceback.print_exception(*record.exc_info, file=sys.stderr)
        log.log(record.levelno, "library", **facts)


def set_up() -> None:
    """Send the libraries' warnings and errors through `Places`."""
    root = logging.getLogger()
    root.handlers[:] = [Places(level=logging.WARNING)]
    root.setLevel(logging.WARNING)
    # Their messages name addresses; a 4xx is the visitor's business.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
