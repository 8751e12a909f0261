"""`manage.py export_rule_set`, `diff_rule_set`, `apply_rule_set` and `list_ready_made_rule_sets`, as whoever has the console calls them."""

from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import services as accounts
from audit.models import AuditEvent
from governance.documents import FORMAT
from governance.models import RuleSet
from governance.services import publish_rule_set
from tests import builders

pytestmark = pytest.mark.django_db
WORDS = "- {rule: text.forbidden_words, mode: soft, params: {words: [jackets]}}"
NEXT = """
- rule: text.forbidden_words
  mode: hard
  params:
    words: [coats, jackets]
- {rule: text.emoji, mode: warn}
""".strip()


@pytest.fixture
def world():
    return builders.organisation()


@pytest.fixture
def file(world, tmp_path: Path) -> Path:
    path = tmp_path / "tone.yaml"
    path.write_text(document(world))
    return path


def document(world, rules: str = WORDS, more: str = "", scope: str = "") -> str:
    scope = scope or f"scope: {{organisation: {world.organisation.slug}}}\n"
    return f"format: {FORMAT}\nkey: tone\ntitle: Tone\n{scope}{more}rules:\n{rules}\n"


def said(command: str, *words: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, words), stdout=out, stderr=StringIO())
    return out.getvalue()


def applied(*words: Any) -> str:
    return said("apply_rule_set", *words, "--yes")


def differs(*words: Any) -> tuple[int, str]:
    """Exit code and output of diff_rule_set."""
    out = StringIO()
    try:
        call_command("diff_rule_set", *map(str, words), stdout=out, stderr=StringIO())
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


def refused(command: str, *words: Any) -> str:
    with pytest.raises(CommandError) as caught:
        said(command, *words)
    assert caught.value.returncode == 2
    return str(caught.value)


def governing(key: str = "tone") -> RuleSet:
    return RuleSet.current().get(key=key)


# --- the way round -------------------------------------------------------------------------------------------------------------


def test_what_is_applied_differs_no_more_and_is_not_applied_again(world, file):
    assert differs(file)[0] == 1
    assert "tone version 1 is in force" in applied(file)
    assert differs(file) == (0, f"tone (organisation {world.organisation.slug}): version 1, in force\nNothing differs.\n")
    assert "Version 1 is in force and says the same; nothing was done." in applied(file)
    assert RuleSet.objects.filter(key="tone").count() == 1
    event = AuditEvent.objects.get(action="governance.rule_set.published", subject_id=str(governing().pk))
    assert (event.actor_kind, event.channel) == ("system", "command")


def test_what_is_exported_is_what_governs(world, file, tmp_path):
    applied(file)
    text = said("export_rule_set", "tone")
    out = tmp_path / "out.yaml"
    assert said("export_rule_set", "tone", "--organisation", world.organisation.slug, "--output", out) == ""
    assert out.read_text(encoding="utf-8") == text
    assert differs(out)[0] == 0


def test_a_difference_is_told_by_line_and_parameter(world, file):
    applied(file)
    file.write_text(document(world, NEXT, "markets: [NO, DE]\n"))
    code, told = differs(file)
    assert code == 1
    assert told.splitlines() == [
        f"tone (organisation {world.organisation.slug}): version 1, in force",
        '~ markets: +"DE" +"NO"',
        "~ text.forbidden_words (line 7)",
        '    mode: "soft" → "hard"',
        '    words: +"coats"',
        "+ text.emoji: warn (line 11)",
    ]
    file.write_text(document(world, "- {rule: text.emoji, mode: warn}"))
    assert '- text.forbidden_words: soft\n    words: ["jackets"]\n' in differs(file)[1]


def test_a_version_by_its_number(world, file):
    applied(file)
    file.write_text(document(world, NEXT))
    applied(file)
    assert "jackets" in said("export_rule_set", "tone", "--version", 1)
    assert "coats" not in said("export_rule_set", "tone", "--version", 1)
    assert "coats" in said("export_rule_set", "tone")
    assert "has no version 3; the last one is 2" in refused("export_rule_set", "tone", "--version", 3)


def test_a_proposal_runs_on_trial_and_is_proposed_once(world, file):
    assert "proposed, and runs on trial" in applied(file, "--propose")
    assert "Version 1 is proposed and says the same" in applied(file, "--propose")
    assert differs(file)[0] == 1
    assert "No version of “tone” is in force; name one with --version" in refused("export_rule_set", "tone")
    assert "version 2 is in force" in applied(file)


def test_r55_the_console_is_not_asked_for_a_second(world, file):
    accounts.set_access_policy(actor=builders.ROOT, organisation=world.organisation, two_managers=True)
    assert "in force" in applied(file)


# --- asking --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "done"), [("yes\n", True), ("Y\n", True), ("no\n", False), ("\n", False), ("", False)])
def test_it_asks_before_it_applies(world, file, monkeypatch, answer: str, done: bool):
    monkeypatch.setattr("sys.stdin", StringIO(answer))
    if done:
        assert "in force" in said("apply_rule_set", file)
    else:
        assert "nothing was done" in refused("apply_rule_set", file).lower()
    assert RuleSet.objects.filter(key="tone").exists() is done


def test_a_document_from_standard_input_is_applied_without_asking(world, monkeypatch):
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(document(world).encode())))
    assert "--yes applies without asking" in refused("apply_rule_set", "-")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(document(world).encode())))
    assert "in force" in applied("-")


def test_another_version_that_came_while_one_was_asked_is_not_overwritten(world, file, monkeypatch):
    """Whoever says yes says it to what was shown."""

    class Slow(StringIO):
        def readline(self, *_: Any) -> Any:
            publish_rule_set(actor=builders.ROOT, key="tone", title="Other", rules=[], scope=world.organisation)
            return "yes\n"

    applied(file)
    file.write_text(document(world, NEXT))
    monkeypatch.setattr("sys.stdin", Slow())
    assert "Another version came in between" in refused("apply_rule_set", file)
    assert governing().title == "Other"


# --- where it binds -------------------------------------------------------------------------------------------------------------


def test_scopes_by_options(world, file):
    file.write_text(document(world, scope="\n"))
    slug, account = world.organisation.slug, world.account
    assert "does not say where it binds" in refused("apply_rule_set", file, "--yes")
    applied(file, "--organisation", slug)
    applied(file, "--organisation", slug, "--brand", world.brand.name, "--key", "of-brand")
    applied(file, "--ad-account", account.external_id, "--key", "of-account")
    applied(file, "--everywhere", "--key", "of-all")
    bound = [governing(key).scope for key in ("tone", "of-brand", "of-account", "of-all")]
    assert bound == [world.organisation, world.brand, account, None]
    assert differs(file, "--ad-account", f"tiktok:{account.external_id}", "--key", "of-account")[0] == 0
    for key in ("tone", "of-brand", "of-account"):
        assert said("export_rule_set", key, "--organisation", slug)
    assert "no rule set “of-all” of “acme”" in refused("export_rule_set", "of-all", "--organisation", slug)


def test_options_outweigh_the_document(world, file):
    other = builders.organisation("Evil").organisation
    applied(file, "--organisation", other.slug)
    assert governing().scope == other
    assert "key: This key names a definition of another scope" in refused("apply_rule_set", file, "--yes").replace("Line 2: ", "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--organisation", "nowhere"), "There is no “nowhere” here."),
        (("--brand", "Fjord"), "A brand is named with its organisation"),
        (("--organisation", "acme", "--brand", "nowhere"), "There is no “acme”, “nowhere” here."),
        (("--ad-account", "404"), "There is no “tiktok”, “404” here."),
        (("--organisation", "acme", "--everywhere"), "Name one scope"),
        (("--organisation", "acme", "--ad-account", "1"), "Name one scope"),
        (("--key", "k" * 101), "This key is too long"),
    ],
)  # fmt: skip
def test_a_scope_that_is_not_there_is_told(world, file, options: tuple[str, ...], words: str):
    for command in ("apply_rule_set", "diff_rule_set"):
        assert words in refused(command, file, *options)
    assert not RuleSet.objects.filter(key="tone").exists()


# --- errors ---------------------------------------------------------------------------------------------------------------------


def test_errors_are_told_in_words_with_lines(world, file):
    file.write_text(document(world, "- {rule: no.such, mode: loud}\n- {rule: text.length, mode: hard, parms: {}}"))
    told = refused("diff_rule_set", file)
    assert "  rules.0.mode: Line 6: This is not one of the values" in told
    assert "  rules.1.parms: Line 7: There is no such field." in told
    file.write_text(document(world, "- {rule: no.such, mode: hard}"))
    assert "  rules.0.rule: Line 6: rule: expected the code of a rule" in refused("apply_rule_set", file)


def test_files_that_are_not_there_or_no_text_are_told(world, tmp_path):
    assert "No such file" in refused("diff_rule_set", tmp_path / "nowhere.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert "codec" in refused("apply_rule_set", tmp_path / "binary")
    assert "Is a directory" in refused("diff_rule_set", tmp_path)
    assert "There is no rule set “nowhere”." in refused("export_rule_set", "nowhere")


def test_a_file_that_cannot_be_written_is_told(file, tmp_path):
    applied(file)
    assert "No such file" in refused("export_rule_set", "tone", "--output", tmp_path / "nowhere" / "tone.yaml")


# --- ready-made sets ---------------------------------------------------------------------------------------------------------


def test_a_ready_made_set_is_bound_under_a_key_of_its_own(world):
    slug = world.organisation.slug
    assert f"{slug}-eu version 1 is in force" in applied("ready-made:eu", "--organisation", slug)
    assert differs("ready-made:eu", "--organisation", slug)[0] == 0
    assert "nothing was done" in applied("ready-made:eu", "--organisation", slug)
    applied("ready-made:eu", "--organisation", slug, "--key", "ours")
    assert {row.key for row in RuleSet.current().filter(organisation=world.organisation)} >= {f"{slug}-eu", "ours"}
    assert "there are: tiktok-platform, " in refused("apply_rule_set", "ready-made:nowhere", "--organisation", slug)
    assert "does not say where it binds" in refused("apply_rule_set", "ready-made:eu")


def test_ready_made_sets_are_listed():
    told = said("list_ready_made_rule_sets")
    for name in ("tiktok-platform", "tiktok-best-practice", "eu", "alcohol", "finance"):
        assert f"ready-made:{name}: " in told
