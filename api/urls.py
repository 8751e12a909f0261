"""The addresses of the REST door."""

from __future__ import annotations

from django.urls import include, path, re_path

from api.health import healthz, readyz
from api.views import Nothing

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include("api.v1.urls")),
    re_path(r"^api(?:/.*)?$", Nothing.as_view()),
]
