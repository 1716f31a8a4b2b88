"""Mail: mail send, mail bounce."""

from __future__ import annotations

import argparse
import sys
from gettext import gettext as _
from pathlib import Path
from typing import Any

from .common import DONE, WRONG, Trouble, answer, command, database, family


def mail_send(args: argparse.Namespace) -> int:
    """Send what waits in the outbox."""
    with database():
        from kohti.config import post

        found = dict(post.send_all())
    answer(
        found,
        as_json=args.json,
        words=lambda: ", ".join(f"{number} {state}" for state, number in found.items()) or _("nothing waits"),
    )
    return WRONG if found.keys() & {"failed", "unknown"} else DONE


def mail_bounce(args: argparse.Namespace) -> int:
    """Take one notice from standard input, or all of a box."""
    notice = b"" if args.box else sys.stdin.buffer.read()
    if args.box is not None and not args.box.exists():
        raise Trouble(_("%(box)s cannot be read: there is no such file or folder.") % {"box": args.box})
    with database():
        from kohti.config import post
        from kohti.kernel.errors import NotThere
        from kohti.kernel.outbox.bounces import NotABounce

        if args.box is None:
            try:
                bounce = post.take_bounce(notice)
            except (NotABounce, NotThere) as trouble:
                raise Trouble(str(trouble.message), WRONG) from trouble
            found: dict[str, Any] = {"taken": 1, "message": str(bounce.message_id), "status": bounce.status}
            answer(found, as_json=args.json, words=lambda: _("taken: %(status)s") % {"status": bounce.status})
            return DONE
        taken = post.take_bounces(args.box)
    found = {"taken": taken.taken, "refused": dict(taken.refused)}
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            [
                _("%(number)s taken") % {"number": taken.taken},
                *(
                    _("%(number)s refused: %(why)s") % {"number": number, "why": why}
                    for why, number in taken.refused.items()
                ),
            ]
        ),
    )
    return WRONG if taken.refused else DONE


def add(commands: Any) -> None:
    """mail send and bounce."""
    mails = family(commands, "mail", _("Mail that leaves, and mail that comes back."))
    command(mails, "send", mail_send, _("Send what waits in the outbox now; the worker does it by itself."))
    one = command(
        mails,
        "bounce",
        mail_bounce,
        _(
            "Take a notice that a mail came back (RFC 3464) from standard input, as a mail "
            "server hands it over; or, with --box, every notice of a maildir or mbox. What "
            "is no such notice is refused with 1."
        ),
    )
    one.add_argument("--box", type=Path, metavar="PATH", help=_("a maildir or an mbox file"))
