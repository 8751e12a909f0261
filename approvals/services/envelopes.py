"""Envelopes: how much a brand or an ad account may spend a month (R-24), changed by two where the organisation asks (R-55)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.access_policy import current_policy
from accounts.models import AdAccount, Brand
from accounts.subjects import audit_scope, of_scope
from approvals import books, locks, queries, subjects
from approvals.amounts import state_of
from approvals.models import ApprovalRequest, Envelope, EnvelopeAmount, EnvelopeConsent, EnvelopeDecline
from approvals.states import AmountState, EntryKind
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor, ActorKind
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.money import Money
from governance.authority import answerable, check_may_change, check_policy_manager, check_second_person


@service("approvals.envelope.set")
def set_envelope(
    *, actor: Actor, scope: Brand | AdAccount, title: str, amount: Money, first_month: date, reason: str = ""
) -> EnvelopeAmount:
    """What a brand or ad account may spend a month, from a month on, and why. A new envelope takes up whatever is approved
    already; a known one keeps its title. A higher amount waits for another policy manager where the organisation asks for two.
    Raises NotFound, Forbidden, Invalid."""
    concerning(of_scope(scope))
    check_policy_manager(actor, scope)
    locks.envelope_scope(scope)
    now = clock.now()  # after the wait for the lock
    _check(scope, title, amount, first_month, now)
    envelope = _envelope(actor, scope, title, amount.currency, now)
    row = EnvelopeAmount(
        envelope=envelope, first_month=first_month, amount_minor=amount.minor, reason=reason.strip(), author=answerable(actor),
        needs_second=_needs_second(actor, envelope, first_month, amount.minor, now), recorded_by=actor.label, recorded_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    if not row.needs_second:
        _consent(row, actor, now)
    said: dict[str, Any] = {"month": f"{first_month:%Y-%m}", "amount": str(amount), "awaited": row.needs_second}
    record(event(actor, "approvals.envelope.set", subjects.of_envelope(envelope), now, reason=row.reason, **said))
    return row


def _check(scope: Brand | AdAccount, title: str, amount: Money, first_month: date, now: datetime) -> None:
    if not title.strip():
        raise Invalid.field("title", "required", _("Give it a title."))
    if amount.minor < 0:
        raise Invalid.field("amount", "out_of_range", _("An envelope holds nothing or more."))
    if first_month.day != 1 or first_month < now.date().replace(day=1):
        raise Invalid.field("first_month", "out_of_range", _("Give the first day of this month or of one to come."))
    if isinstance(scope, AdAccount) and scope.currency != amount.currency:
        raise Invalid.field("amount", "currency", _("Give the amount in the currency of the ad account."))


def _envelope(actor: Actor, scope: Brand | AdAccount, title: str, currency: str, now: datetime) -> Envelope:
    """The one of this scope and currency, locked; made, with all that stands taken up, when there is none."""
    bound = {"brand": scope} if isinstance(scope, Brand) else {"ad_account": scope}
    known = Envelope.objects.select_for_update(of=("self",), no_key=True).filter(currency=currency, **bound).first()
    if known is not None:
        return known
    row = Envelope(currency=currency, title=title.strip(), created_by=actor.label, created_at=now, **bound)
    row.save(force_insert=True)
    books.open_book(row, now)
    return row


def _needs_second(actor: Actor, envelope: Envelope, month: date, minor: int, now: datetime) -> bool:
    organisation = audit_scope(envelope.scope).organisation
    if actor.kind is ActorKind.SYSTEM or organisation is None or not current_policy(organisation, now).two_managers:
        return False
    before = books.limit_in(books.amounts_in_force([envelope]), envelope.pk, month)
    return before is not None and minor > before


def _consent(row: EnvelopeAmount, actor: Actor, now: datetime) -> None:
    person = answerable(actor)
    said = EnvelopeConsent(amount=row, said_by=actor.label, said_by_id=person.pk if person else None, at=now)
    said.save(force_insert=True)


@service("approvals.envelope.confirmed")
def confirm_envelope(*, actor: Actor, amount: UUID) -> EnvelopeAmount:
    """Another policy manager's word for a higher amount (R-55). Raises NotFound, Forbidden, Conflict."""
    row, fresh = _awaited(actor, amount)
    now = clock.now()
    check_second_person(fresh, row.author_id)
    _consent(row, fresh, now)
    record(event(actor, "approvals.envelope.confirmed", subjects.of_envelope(row.envelope), now, amount=str(row.pk)))
    return row


@service("approvals.envelope.declined")
def decline_envelope(*, actor: Actor, amount: UUID) -> EnvelopeAmount:
    """A policy manager's word that a higher amount never counts; whoever asked for it may take it back so, too. Raises
    NotFound, Forbidden, Conflict."""
    row, fresh = _awaited(actor, amount)
    now, person = clock.now(), answerable(fresh)
    said = EnvelopeDecline(amount=row, said_by=fresh.label, said_by_id=person.pk if person else None, at=now)
    said.save(force_insert=True)
    record(event(actor, "approvals.envelope.declined", subjects.of_envelope(row.envelope), now, amount=str(row.pk)))
    return row


def _awaited(actor: Actor, amount: UUID) -> tuple[EnvelopeAmount, Actor]:
    """An amount that awaits a word, its envelope locked, and the policy manager with what they hold now. Raises NotFound,
    Forbidden, Conflict."""
    known = EnvelopeAmount.objects.select_related("envelope__brand__organisation", "envelope__ad_account__brand__organisation")
    found = known.filter(pk=amount).first()
    if found is None:
        raise NotFound()
    envelope = found.envelope
    concerning(subjects.of_envelope(envelope))
    Envelope.objects.select_for_update(of=("self",), no_key=True).get(pk=envelope.pk)
    fresh = permissions.refreshed(actor)
    check_may_change(fresh, "manage_policy", envelope.scope, queries.visible_envelopes(fresh).filter(pk=envelope.pk))
    rows = list(envelope.amounts.select_related("consent", "decline"))
    row = next(each for each in rows if each.pk == amount)
    _check_awaited(row, state_of(row, rows, clock.now()))
    return row, fresh


def _check_awaited(row: EnvelopeAmount, state: AmountState) -> None:
    """Raises Conflict."""
    if state is AmountState.LAPSED:
        raise Conflict(_("Nobody confirmed this in time; it has to be proposed again."))
    if state is AmountState.REPLACED and not row.is_in_force:
        raise Conflict(_("Another amount was set for this month since; ask for this one again."))
    if state is not AmountState.AWAITED:
        raise Conflict(_("This amount awaits nobody."))


@service("approvals.envelope.expired")
def release_expired(*, actor: Actor, request: UUID) -> ApprovalRequest:
    """What an approval reserved, and nobody published in time, is given back. The system's own act. Raises NotFound, Forbidden,
    Conflict."""
    row = locks.request(request)
    now = clock.now()
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Reservations run out by themselves."))
    if not queries.expired_reservations(now).filter(pk=request).exists():
        raise Conflict(_("This reservation has not run out."))
    books.give_back(row, row.items.select_related("revision"), EntryKind.EXPIRE, now)
    record(event(actor, "approvals.envelope.expired", subjects.of_request(row), now))
    return row


@service("approvals.envelope.continued")
def continue_reservation(*, actor: Actor, ad_account: UUID, campaign: UUID) -> dict[date, int]:
    """Count the further days of an endless campaign in the envelopes it draws on. The system's own act, once a day. Raises
    NotFound, Forbidden."""
    account = AdAccount.objects.select_related("brand__organisation").filter(pk=ad_account).first()
    if account is None:
        raise NotFound()
    concerning(of_scope(account))
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Reservations are continued by the service itself."))
    now = clock.now()
    more = books.run_on(account, campaign, now)
    said = {f"{month:%Y-%m}": by for month, by in more.items()}
    record(event(actor, "approvals.envelope.continued", of_scope(account), now, campaign=str(campaign), added_minor=said))
    return more
