"""The addresses of the admin door."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from accounts.oidc import PROVIDER
from workplace import admins, signing_in
from workplace.signing_in import with_passwords

_sso = {"provider_id": PROVIDER}
account_pages: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", signing_in.log_out, name="account_logout"),
    path("reauthenticate/", with_passwords(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", with_passwords(account.password_change), name="account_change_password"),
    path("password/set/", signing_in.set_password, name="account_set_password"),
    path("password/reset/", with_passwords(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", with_passwords(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        with_passwords(account.password_reset_from_key), name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        with_passwords(account.password_reset_from_key_done), name="account_reset_password_from_key_done",
    ),
    path("sessions/", signing_in.own_sessions, name="own_sessions"),
    path("sso/", signing_in.start_sso, _sso, name="openid_connect_login"),
    path("sso/callback/", signing_in.sso_callback, _sso, name="openid_connect_callback"),
    path("second-factor/webauthn/keys/<int:pk>/remove/", signing_in.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("second-factor/", include("allauth.mfa.urls")),
]  # fmt: skip
urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("language/", set_language, name="set_language"),
    path("account/", include(account_pages)),
    path("workplace/", admins.site.urls),
]
