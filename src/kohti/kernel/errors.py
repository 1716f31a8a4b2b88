"""Errors that a person can act on: each has a message in plain words and a code for machines."""

from __future__ import annotations


class KohtiError(Exception):
    """The root of every error we raise on purpose.

    `message` is shown to the person (already translated, or a lazy translation); `code` never changes
    with the language.
    """

    code = "error"

    def __init__(self, message: object, *, code: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        if code is not None:
            self.code = code


class NoActor(KohtiError):
    """Something asked the database without saying who asks: a fault of ours, never shown as rows."""

    code = "no-actor"


class NotAllowed(KohtiError):
    """The actor's role does not include this verb, or the right has ended."""

    code = "not-allowed"


class Refused(KohtiError):
    """The change cannot be made now (somebody was quicker, the centre has closed); nothing was changed."""

    code = "refused"


class NotThere(KohtiError):
    """No such thing, or not one this actor may see: the two are not told apart."""

    code = "not-there"
