"""R-01: who constructs a publication and who writes to the channel is a frozen list. A new site fails here, and whoever
adds one has to show why it does not go round the gate."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture import sources

pytestmark = pytest.mark.architecture

CHANNEL_WRITES = {"create_disabled", "enable", "update", "pause", "upload_media"}
MANAGER_WRITES = {
    "create", "acreate", "bulk_create", "abulk_create", "get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create",
}  # fmt: skip
SDK = ("business_api_client", "publishing.channels.tiktok_client")

CONSTRUCTORS = {("publishing/gate.py", "_row"), ("publishing/gate.py", "admit")}
OUTWARD_WRITES = {
    ("publishing/performing.py", "_create", "create_disabled"),
    ("publishing/performing.py", "_enable", "enable"),
    ("publishing/performing.py", "_kept_safe", "pause"),
    ("publishing/performing.py", "_pause", "pause"),
    ("publishing/performing.py", "_upload", "upload_media"),
    ("publishing/performing.py", "carry_out", "update"),
}
SDK_USERS = {"publishing/channels/tiktok.py", "publishing/channels/tiktok_client.py", "publishing/channels/tiktok_media.py"}
PERFORMERS = {("publishing/tasks.py", "dispatch", "carry_out"), ("publishing/tasks.py", "dispatch", "upload_missing")}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the source: file, the function around it, the call."""
    for path in sources.sources():
        around: dict[ast.AST, str] = {}
        for node in ast.walk(sources.tree(path)):  # breadth first: an inner function overwrites the outer one
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                around |= dict.fromkeys(ast.walk(node), node.name)
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Call):
                yield sources.name(path), around.get(node, "<module>"), node


def test_r01_only_the_gate_constructs_publications() -> None:
    found = set()
    for file, function, call in calls():
        target = ast.unparse(call.func)
        parts = target.split(".")
        constructs = parts[-1] == "Publication" or ("Publication" in parts and parts[-1] in MANAGER_WRITES)
        constructs = constructs or (parts[-1] in MANAGER_WRITES and parts[-2:-1] == ["publications"])
        if constructs:
            found.add((file, function))
    assert found == CONSTRUCTORS


def test_r01_only_performing_writes_to_the_channel() -> None:
    found = set()
    for file, function, call in calls():
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in CHANNEL_WRITES:
            continue
        owner = ast.unparse(call.func.value)
        if "channel" in owner.lower() and "transitions" not in owner and ".objects" not in owner:
            found.add((file, function, call.func.attr))
    assert found == OUTWARD_WRITES


def test_r01_the_channel_is_had_nowhere_else() -> None:
    """The adapter, its registry and the SDK are imported by these modules alone."""
    users: dict[str, set[str]] = {"registry": set(), "adapter": set(), "sdk": set()}
    for path in sources.sources():
        for module in _imports(sources.tree(path)):
            if module.startswith("publishing.channels.registry"):
                users["registry"].add(sources.name(path))
            if module in ("publishing.channels.tiktok", "publishing.channels.tiktok.TikTokChannel"):
                users["adapter"].add(sources.name(path))
            if module.startswith(SDK):
                users["sdk"].add(sources.name(path))
    assert users["registry"] == {"publishing/gate.py", "publishing/performing.py"}
    assert users["adapter"] == {"publishing/channels/registry.py"}
    assert users["sdk"] <= SDK_USERS


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant))


def test_r01_only_the_task_carries_out() -> None:
    found = {
        (file, function, call.func.attr)
        for file, function, call in calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("carry_out", "upload_missing")
    }
    assert found == PERFORMERS


@pytest.mark.parametrize(
    "source",
    [
        "Publication(state='queued')", "models.Publication(state='queued')", "Publication.objects.create()",
        "Publication.objects.bulk_create([])", "request.publications.create()",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = ast.parse(f"def sneak():\n    {source}\n")
    path = sources.ROOT / "api" / "sneak.py"
    monkeypatch.setattr(sources, "sources", lambda *_: iter([path]))
    monkeypatch.setattr(sources, "tree", lambda _: tree)
    with pytest.raises(AssertionError, match="sneak"):
        test_r01_only_the_gate_constructs_publications()
