"""One cell: a principal asks, and the answer is held against what the rules say."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils import translation

from audit.models import AuditEvent
from tests import settings as test_settings
from tests.matrix import target as targets
from tests.matrix.principals import Principal
from tests.matrix.rules import TO_LOG_IN, Expected, Row
from tests.matrix.target import Names, Target
from tests.matrix.watching import Watch, digest, undone, watching

API = "/api/"
LOG_IN = (reverse("admin:login"), reverse("account_login"))
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FORM = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]*"')
STRAYING = ("submitter", "access_manager of the organisation", "other organisation, acting")
"""Who tries the methods that no row is about: whoever may most, and whoever may nothing here."""
ALWAYS = ("anonymous", "no grant", "auditor", "other organisation, acting")
"""Who asks at every address, also where not everybody does."""
SENT_BACK = ("X-Request-ID", "Set-Cookie", "Expires")
"""Headers that are new with each request."""


@dataclass
class Answer:
    """What came back, and what had been said."""

    status: int
    text: str
    headers: dict[str, str]
    asked: str
    watch: Watch

    @property
    def code(self) -> str:
        """Of a problem."""
        return str(json.loads(self.text)["code"]) if "problem+json" in self.headers.get("Content-Type", "") else ""

    @property
    def plain(self) -> tuple[int, str, dict[str, str]]:
        """All of it but for what is new with each request and what merely repeats the question."""
        kept = {name: value for name, value in self.headers.items() if name not in SENT_BACK}
        return self.status, _bare(self.text), {name: _bare(value) for name, value in kept.items()}


@dataclass
class Table:
    """The target, the columns, and the one client that all of them use in turn."""

    target: Target
    principals: list[Principal]
    client: Client = field(default_factory=lambda: Client(REMOTE_ADDR="192.0.2.7"))
    is_whole: bool = test_settings.WHOLE_MATRIX

    # --- asking -----------------------------------------------------------------------------------------------------------

    def ask(self, row: Row, who: Principal, names: Names, method: str = "") -> Answer:
        """Send the request of a row as a principal, naming these objects."""
        names.ids["me"] = str(who.user.pk) if who.user else "nobody"
        return self.send(method or row.method, _path(row, names) + row.query.format(**names.ids), who, row.body(names) if row.body else None)

    def send(self, method: str, path: str, who: Principal, body: Any) -> Answer:
        """One request. The language of the one before is not to be found by this one."""
        translation.deactivate()
        if path.startswith("/account/"):
            cache.clear()  # how often one may try is counted by address, and all cells have one
        self.client.cookies = SimpleCookie()
        headers = {}
        if path.startswith(API) and who.token:
            headers["Authorization"] = f"Bearer {who.token}"
        if not path.startswith(API) and who.session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = who.session
        raw, kind = _encoded(path, body)
        with watching() as watch:
            found: Any = self.client.generic(method, path, raw, kind, headers=headers)
        content = b"".join(found.streaming_content) if found.streaming else found.content
        asked = f"{path} {raw[:5000]!r}"
        return Answer(found.status_code, content.decode("utf-8", "replace"), dict(found.headers), asked, watch)

    # --- judging ----------------------------------------------------------------------------------------------------------

    def judge(self, row: Row) -> list[str]:
        """What is wrong in a row, a sentence a cell."""
        wrong: list[str] = []
        expected = {who.name: row.rule(who, row.answer) for who in self.principals}
        askers = self._askers(row, expected)
        with undone():
            before = digest()
            for who in askers:
                if not (expected[who.name].allowed and row.acts):
                    wrong += self._cell(row, who, expected[who.name], before)
            if digest() != before:
                wrong.append("something changed, though nobody was allowed to")
        for who in askers:
            if expected[who.name].allowed and row.acts:
                with undone():
                    wrong += self._success(row, who, expected[who.name])
        return wrong + self._one_answer(row, [who for who in askers if expected[who.name].hidden])

    def _askers(self, row: Row, expected: Mapping[str, Expected]) -> list[Principal]:
        """A token that is narrowed is no column of the workplace, where sessions count. Unless the matrix is asked whole, a
        row is asked by those it tells apart most, by one who is allowed, and by an eighth of the others."""
        by_token = _path(row, self.target.names()).startswith(API)
        able = [who for who in self.principals if by_token or who.session or not who.token]
        if self.is_whole:
            return able
        drawn = {who.name: zlib.crc32(f"{row.id} {who.name}".encode()) for who in able}
        allowed = [who.name for who in able if expected[who.name].allowed]
        chosen = {*ALWAYS, min(allowed, key=drawn.__getitem__, default="")}
        return [who for who in able if who.name in chosen or drawn[who.name] % 8 == 0]

    def _cell(self, row: Row, who: Principal, expected: Expected, before: dict[str, str]) -> list[str]:
        last = _last_event()
        answer = self.ask(row, who, self.target.names())
        found = [*_status(answer, expected), *_changed(answer, before), *self._told(last, answer, who, expected)]
        found += [f"although it was refused: {each}" for each in answer.watch.outside if not expected.allowed or not row.acts]
        if row.shows and expected.status < 400:
            found += self._shown(row, answer, expected)
        found += self._leaks(answer, who)
        silent = expected.untold or (row.sought and expected.status == 404)
        if row.acts and expected.status in (403, 404) and not answer.watch.logged and not silent:
            found.append("the refusal is not in the log")
        self.answers[row.id, who.name] = answer
        return [f"{who.name}: {each}" for each in found]

    def _success(self, row: Row, who: Principal, expected: Expected) -> list[str]:
        last = _last_event()
        answer = self.ask(row, who, self.target.names())
        found = list(_status(answer, expected))
        if not found:
            outcomes = set(AuditEvent.objects.filter(pk__gt=last).values_list("outcome", flat=True))
            found += [] if outcomes == {"recorded"} else [f"the log should hold what was done, and holds {outcomes or 'nothing'}"]
        return [f"{who.name}: {each}" for each in found]

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def _shown(self, row: Row, answer: Answer, expected: Expected) -> Iterator[str]:
        is_there = getattr(self.target.names(), row.shows) in answer.text
        wanted = expected.shown if expected.shown is not None else expected.allowed
        if is_there != wanted:
            yield f"the {row.shows} {'is in the answer' if is_there else 'is missing from the answer'}"

    def _leaks(self, answer: Answer, who: Principal) -> Iterator[str]:
        """What a principal reads that they may not know, and had not said themselves."""
        text = answer.text + "\n" + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        unknown = unknown_to(who, self.target)
        said = (set(UUIDS.findall(text)) & unknown) | {each for each in unknown if not UUIDS.fullmatch(each) and each in text}
        for secret in sorted(said):
            if secret not in answer.asked:
                yield f"the answer names {secret}"

    def _told(self, last: Any, answer: Answer, who: Principal, expected: Expected) -> Iterator[str]:
        """The log gained at most refusals, in the organisation of whoever asked, without a word of what they may not see."""
        if not answer.watch.logged:
            return
        unknown = unknown_to(who, self.target)
        for event in AuditEvent.objects.filter(pk__gt=last):
            if event.outcome != "refused":
                yield f"{event.action} was {event.outcome}"
            if event.organisation != (who.user and who.user.organisation_id):
                yield f"{event.action} was written into another organisation's log"
            if expected.status == 404 and (event.brand or event.ad_account):
                yield f"{event.action} was written into the log of the brand"
            names = [secret for secret in unknown if secret in event.canonical and secret not in answer.asked]
            if expected.status == 404 and names:
                yield f"{event.action} names {names}"

    def _one_answer(self, row: Row, hidden: list[Principal]) -> list[str]:
        """To whom it is invisible, it is missing, to the last byte."""
        names = self.target.missing(row.kept)
        with undone():
            told = [who for who in hidden if self.ask(row, who, names).plain != self.answers[row.id, who.name].plain]
        return [f"{who.name}: what is invisible is told from what is missing" for who in told]

    def stray(self, row: Row, methods: Iterable[str]) -> list[str]:
        """Methods that have no row: they are not there, or answer as looking does, and in either case nothing happens."""
        wrong: list[str] = []
        askers = [who for who in self.principals if who.name in STRAYING]
        with undone():
            before = digest()
            for who in askers:
                last = _last_event()
                looks = {row.rule(who, row.answer).status, row.answer} if row.method == "GET" else set()
                for method in methods:
                    answer = self.ask(row, who, self.target.names(), method)
                    # Django's pages ask a method only whether it is POST.
                    if answer.status not in {403, 404, 405, *(looks if method != "POST" else ())}:
                        wrong.append(f"{who.name}: {method} answers {answer.status}, and has no row")
                    wrong += [f"{who.name}: {method}: {each}" for each in self._told(last, answer, who, Expected(405))]
            if digest() != before:
                wrong.append("something changed")
        return wrong


def _bare(text: str) -> str:
    return UUIDS.sub("…", FORM.sub("", text))


def _path(row: Row, names: Names) -> str:
    """The address of a row. A route without a name is filled in as it stands in the URL configuration."""
    arguments = {key: name[1:] if name[0] == "=" else getattr(names, name) for key, name in row.url.items()}
    if row.literal or "<" not in row.name:
        return row.literal or reverse(row.name, kwargs=arguments)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: arguments[found[1]], row.name)


def _encoded(path: str, body: Any) -> tuple[bytes, str]:
    if body is None:
        return b"", "application/json"
    if isinstance(body, str):
        return body.encode(), "application/yaml"
    if not path.startswith(API):
        return encode_multipart(BOUNDARY, body), MULTIPART_CONTENT
    if any(isinstance(value, Path) for value in body.values()):
        files = {name: _file(value) if isinstance(value, Path) else value for name, value in body.items()}
        return encode_multipart(BOUNDARY, files), MULTIPART_CONTENT
    return json.dumps(body, default=str).encode(), "application/json"


def _file(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile("film.mp4", path.read_bytes())


def _last_event() -> Any:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]


def _status(answer: Answer, expected: Expected) -> Iterator[str]:
    if answer.status != expected.status:
        yield f"answers {answer.status} {answer.code or answer.text[:200]!r}, not {expected.status} {expected.code}"
    elif expected.code and answer.asked.startswith(API) and answer.code != expected.code:
        yield f"the code is {answer.code or 'missing'}, not {expected.code}"
    elif expected == TO_LOG_IN and not answer.headers["Location"].startswith(LOG_IN):
        yield f"leads to {answer.headers['Location']}, not to the log-in"


def _changed(answer: Answer, before: dict[str, str]) -> Iterator[str]:
    """Statements that wrote are looked into: what was undone is no change."""
    if answer.watch.tables:
        now = digest()
        changed = sorted(name for name in now if now[name] != before.get(name))
        if changed:
            yield f"changed {changed}"


def unknown_to(who: Principal, target: Target) -> set[str]:
    """The secrets of the target that are secrets to this principal, by the levels on which they hold something: also of an
    answer to what they may do. Of themselves everybody is told all."""
    sees = any(who.may("view", level) for level in ("brand", "account"))
    runs = who.name == "superuser"
    known = {targets.ORGANISATION} if who.is_insider or runs else set()
    known |= {targets.PEOPLE} if who.governs or runs or sees else set()  # whoever sees work reads who did it
    known |= {targets.ACCESS} if who.governs or runs else set()
    known |= {targets.BUSINESS} if sees else set()
    known |= {targets.SIBLING} if who.may("view", "brand") else set()
    return {secret for secret, kind in target.secrets.items() if kind not in known} - who.own - who.knows
