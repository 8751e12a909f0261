"""The doors."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("api.urls")),
    path("", include("workplace.urls")),
]
handler500 = "api.errors.server_error"
