"""By reflection: every public service is decorated, keyword-only, takes `actor`, and its action is registered."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from audit import actions
from audit.recording import SERVICES

PACKAGES = ("accounts.services", "campaigns.services", "governance.services", "approvals.services", "publishing.services", "notices.services")


def exported() -> dict[str, object]:
    """Qualified name → function, of everything that the service packages export."""
    found: dict[str, object] = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in getattr(module, "__all__", [each for each in vars(module) if not each.startswith("_")]):
            thing = getattr(module, name)
            if inspect.isfunction(thing) and thing.__module__.startswith(package):
                found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return found


FUNCTIONS = exported()


def test_there_are_services_in_every_package():
    for package in PACKAGES:
        assert any(name.startswith(package) for name in FUNCTIONS), package


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_what_is_exported_is_a_service(name):
    assert name in SERVICES, "not decorated with @service"
    signature = inspect.signature(FUNCTIONS[name])  # type: ignore[arg-type]
    assert "actor" in signature.parameters
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("name", sorted(actions.ACTIONS))
def test_actions_are_package_subject_past_participle(name):
    package, subject, verb = name.split(".")
    assert package in {"accounts", "campaigns", "governance", "approvals", "publishing", "notices"}
    assert re.fullmatch(r"[a-z_]+", subject)
    assert re.fullmatch(r"[a-z_]+", verb)
    assert actions.text(name) != name
