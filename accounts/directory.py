"""What an organisation's identity provider says about its people, and what we make of it at each log-in.

It may say who somebody is (by a verified address, inside its organisation), that there is somebody new (if the operator
lets it), and who is in the user groups that the operator mapped. Nothing else: no role, no superuser, no other group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hmac import compare_digest
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import names, services
from accounts.addresses import client_address
from accounts.backends import may_have_session
from accounts.models import Membership, Organisation, User, UserGroup, standing_at
from core import clock
from core.actor import Actor, Channel, system
from core.errors import Conflict, Words
from core.text import is_name, tidy

Claims = Mapping[str, Any]


class NotAdmitted(Exception):
    """A single sign-on that is refused: `reason` for the log, `words` for the person, `user` when it is known who it is."""

    def __init__(self, reason: str, words: Words, user: User | None = None) -> None:
        super().__init__(reason)
        self.reason, self.words, self.user = reason, words, user


def admit(request: HttpRequest, login: SocialLogin) -> tuple[SocialAccount, User]:
    """The linked account and the person of a single sign-on; made and linked where that is allowed. Raises NotAdmitted."""
    claims: Claims = login.claims
    _check_nonce(login.state, claims)
    organisation = Organisation.objects.filter(slug=settings.OIDC_ORGANISATION).first()
    if organisation is None:
        raise NotAdmitted("no_organisation", _("Single sign-on is not set up completely. Tell whoever operates this service."))
    actor = _provider(organisation, client_address(request))
    linked = SocialAccount.objects.filter(provider=login.account.provider, uid=login.account.uid)
    account = linked.select_related("user").first()
    user = account.user if account else _by_address(actor, organisation, claims)
    _check_person(user, organisation)
    if account is None:
        account = services.link_identity(
            actor=actor, user=user, provider=login.account.provider, uid=login.account.uid, issuer=settings.OIDC_ISSUER
        )
    _follow_groups(actor, organisation, user, claims)
    return account, user


def _provider(organisation: Organisation, address: str) -> Actor:
    label = settings.OIDC_NAME or "single sign-on"
    return replace(system(Channel.DIRECTORY, label), organisation=organisation.pk, address=address)


def _check_nonce(state: Claims, claims: Claims) -> None:
    """The answer is for the question that this browser asked."""
    asked, answered = str(state.get("nonce") or ""), str(claims.get("nonce") or "")
    if not asked or not compare_digest(asked, answered):
        raise NotAdmitted("wrong_nonce", _("Single sign-on did not work. Please try again."))


def _by_address(actor: Actor, organisation: Organisation, claims: Claims) -> User:
    address = str(claims.get("email") or "").strip().lower()
    verified = claims.get("email_verified")
    if not address or not (verified is True or verified == "true"):
        raise NotAdmitted(
            "unverified_address", _("Your organisation's single sign-on does not vouch for your e-mail address. Ask its operators.")
        )
    user = User.objects.select_related("organisation").filter(email=address).first()
    if user is not None:
        return user
    if not settings.OIDC_CREATE_PEOPLE:
        raise NotAdmitted("nobody", _("Nobody made an account for you here yet. Ask whoever looks after access."))
    said = tidy(str(claims.get("name") or ""))[: names.LONG]
    name = said if is_name(said) else address
    return services.create_person(actor=actor, organisation=organisation, email=address, name=name)


def _check_person(user: User, organisation: Organisation) -> None:
    """Whoever is not of this organisation is nobody to its provider; no more is said or written about them."""
    if user.organisation_id != organisation.pk:
        raise NotAdmitted("other_organisation", _("Nobody made an account for you here yet. Ask whoever looks after access."))
    if not may_have_session(user):
        words = _("This account may not open the workplace. Ask whoever looks after access.")
        raise NotAdmitted("may_not_log_in", words, user)


def _follow_groups(actor: Actor, organisation: Organisation, user: User, claims: Claims) -> None:
    """Membership of each mapped group becomes what the claim says; other groups are never touched."""
    named = claims.get(settings.OIDC_GROUPS_CLAIM) or []
    said = {named} if isinstance(named, str) else {str(each) for each in named}
    wanted = {title for value, title in settings.OIDC_GROUPS.items() if value in said}
    for group in organisation.user_groups.filter(title__in=settings.OIDC_GROUPS.values()):
        _set_member(actor, group, user, wanted=group.title in wanted)


def _set_member(actor: Actor, group: UserGroup, user: User, *, wanted: bool) -> None:
    is_member = Membership.objects.filter(standing_at(clock.now()), group=group, user=user).exists()
    try:
        if wanted and not is_member:
            services.add_member(actor=actor, group=group, user=user, source=actor.label)
        elif is_member and not wanted:
            services.remove_member(actor=actor, group=group, user=user)
    except Conflict:
        return  # a log-in at the same moment was first
