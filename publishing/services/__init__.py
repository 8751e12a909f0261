"""The verbs of `publishing`."""

from publishing.services.admitting import publish_cleared, request_publication
from publishing.services.dispatching import begin, conclude, miss, recover, remember_media
from publishing.services.lowering import lower
from publishing.services.rescheduling import reschedule

__all__ = [
    "begin", "conclude", "lower", "miss", "publish_cleared", "recover", "remember_media", "request_publication", "reschedule",
]  # fmt: skip
