"""Idempotency-Key: a POST that is sent twice is done once, and answered twice with the same words.

One INSERT claims the key, one UPDATE keeps the answer; a repetition costs the failed INSERT, a SELECT, and the look whether
the caller may still see what the answer tells of. A key whose first request died on the way (the process was killed) stays
in use until it expires: nobody can say what was done, so nothing is done again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from accounts.models import ApiToken, User
from api.errors import IdempotencyReused, StillRunning
from api.models import IdempotencyKey
from core import clock

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT_FOR: Final = timedelta(hours=24)
KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")
_SHAPE: Final = re.compile(r"[\x21-\x7e]{1,200}")


class Replay(Exception):
    """Not an error: the way out of a request that was answered before, with the stored answer.

    Whoever raised it has seen to it that the caller may still read it (api.views.Resource.check_still_seen).
    """

    def __init__(self, row: IdempotencyKey) -> None:
        super().__init__(row.key)
        self.row = row

    @property
    def told(self) -> Any:
        """What the request did, as it was answered; None where it was refused."""
        done = self.row.status is not None and self.row.status < HTTPStatus.BAD_REQUEST
        return json.loads(self.row.body) if done and self.row.body else None

    def response(self) -> HttpResponse:
        answer = HttpResponse(self.row.body, status=self.row.status)
        for name, value in self.row.headers.items():
            answer[name] = value
        answer[REPLAYED] = "true"
        return answer


def fingerprint(request: Request) -> str:
    """SHA-256 of method, address and body; files count by their bytes, not by how the form was cut.

    A narrowed token repeats what was sent with the same narrowing alone: it is not to read the answers of a broader one.
    """
    total = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if isinstance(request.auth, ApiToken) and (request.auth.permissions or request.auth.scope):
        scope = request.auth.scope
        total.update(f"{request.auth.permissions} {scope and scope.pk}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        _add_form(total, request)
    else:
        total.update(request._request.body)
    return total.hexdigest()


def _add_form(total: Any, request: Request) -> None:
    form: Any = request.data
    for name in sorted(form):
        for value in form.getlist(name):
            total.update(f"\n{name!r}:".encode())
            if isinstance(value, UploadedFile):
                total.update(f"{value.name!r}:{value.size}:".encode())
                for chunk in value.chunks():
                    total.update(chunk)
                value.seek(0)
            else:
                total.update(repr(value).encode())


def claim(request: Request) -> IdempotencyKey | None:
    """The key of this request, now in use by it; None without the header.

    Raises Replay (answered before), IdempotencyReused, StillRunning, ParseError (malformed key).
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _SHAPE.fullmatch(key):
        raise ParseError(_("An Idempotency-Key has 1 to 200 visible ASCII characters."), code="invalid_idempotency_key")
    now = clock.now()
    row = IdempotencyKey(user=cast(User, request.user), key=key, fingerprint=fingerprint(request), created_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _again(row, now)
    return row


def _again(wanted: IdempotencyKey, now: datetime) -> IdempotencyKey:
    known = IdempotencyKey.objects.filter(user=wanted.user_id, key=wanted.key).first()
    if known is not None and known.created_at <= now - KEPT_FOR:
        return _take_over(known, wanted)
    if known is not None and known.fingerprint != wanted.fingerprint:
        raise IdempotencyReused(_("This Idempotency-Key was used for another request; take a new one."))
    if known is None or known.status is None:
        raise StillRunning(_("The first request with this Idempotency-Key has no answer yet; look what became of it."))
    raise Replay(known)


def _take_over(known: IdempotencyKey, wanted: IdempotencyKey) -> IdempotencyKey:
    """An expired key begins anew; of two requests one gets it."""
    fresh = {"fingerprint": wanted.fingerprint, "created_at": wanted.created_at, "status": None, "body": "", "headers": {}}
    rows = IdempotencyKey.objects.filter(pk=known.pk, created_at=known.created_at)
    if rows.update(**fresh) != 1:
        raise StillRunning(_("Another request with this Idempotency-Key was faster."))
    known.created_at = wanted.created_at
    return known


def keep(row: IdempotencyKey, response: HttpResponseBase, secrets: Sequence[str] = ()) -> None:
    """Store a rendered answer under its key; of the members named `secrets` only that they were there."""
    body = response.content.decode() if isinstance(response, HttpResponse) else ""
    if secrets and response.status_code < HTTPStatus.BAD_REQUEST:
        body = json.dumps({**json.loads(body), **dict.fromkeys(secrets)}, ensure_ascii=False)
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    IdempotencyKey.objects.filter(pk=row.pk).update(status=response.status_code, body=body, headers=headers)


def release(row: IdempotencyKey) -> None:
    """The request failed by a fault of ours: it may be sent again under the same key."""
    IdempotencyKey.objects.filter(pk=row.pk, status__isnull=True).delete()


def forget_expired(now: datetime) -> int:
    """Delete keys that have expired. Returns how many."""
    return IdempotencyKey.objects.filter(created_at__lte=now - KEPT_FOR).delete()[0]
