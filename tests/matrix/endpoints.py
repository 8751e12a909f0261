"""Every address of the service with every method that it has, from the URL configuration: nobody keeps a list by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver
from django.views.generic import RedirectView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""HEAD is GET, and OPTIONS answers the same to everybody."""


@dataclass(frozen=True)
class Endpoint:
    """One address. `name` is what rows call it: the name of its view, or the route where it has none."""

    name: str
    route: str
    declared: frozenset[str]
    """Methods that the view itself says it has; empty where only asking tells (plain functions)."""
    parameters: tuple[str, ...]

    def key(self, method: str) -> str:
        """How a row is called."""
        return f"{method} {self.name}"


def endpoints() -> list[Endpoint]:
    """All of them, in the order of the URL configuration."""
    return list(_below(get_resolver().url_patterns, "", ""))


def _below(patterns: Any, prefix: str, namespace: str) -> Iterator[Endpoint]:
    for each in patterns:
        route = prefix + str(each.pattern)
        if not isinstance(each, URLPattern):
            # The instance of the admin site is called `workplace`; everybody names it by its application, `admin`.
            inner = each.app_name or each.namespace or ""
            yield from _below(each.url_patterns, route, f"{namespace}{inner}:" if inner else namespace)
            continue
        name = f"{namespace}{each.name}" if each.name else route
        yield Endpoint(name, route, _declared(each.callback), tuple(each.pattern.regex.groupindex))


def _declared(view: Any) -> frozenset[str]:
    actions: dict[str, str] | None = getattr(view, "actions", None)
    if actions is not None:  # a resource of the API
        return frozenset(method.upper() for method in actions) & set(METHODS)
    kind = getattr(view, "view_class", None)
    if kind is None:  # a page of a model shows and takes a form; of other functions only asking tells
        return frozenset({"GET", "POST"}) if getattr(view, "model_admin", None) else frozenset()
    if issubclass(kind, RedirectView):  # which does the same whatever the method
        return frozenset({"GET"})
    # The other methods of Django's pages with a form are the same as POST; that they are is asked (test_matrix.py).
    return frozenset(method for method in ("GET", "POST") if hasattr(kind, method.lower()))
