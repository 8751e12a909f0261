"""How the probing code says no, inside the child process."""

from __future__ import annotations


class Refused(Exception):
    """The file cannot be taken: a reason of `campaigns.media.errors` with the parameters of its words."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params
