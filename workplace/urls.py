"""The addresses of the admin door."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from workplace import admins

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("language/", set_language, name="set_language"),
    path("workplace/", admins.site.urls),
]
