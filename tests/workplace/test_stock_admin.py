"""The workplace without the theme: the same tests pass on stock Django, some of every kind of page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from workplace import theme

ROOT = Path(settings.BASE_DIR)
SAME = [
    "test_doors.py::test_r57_our_pages_answer_by_grants_and_change_nothing",
    "test_acts.py::test_an_approval_is_recorded_with_who_where_and_which_digest", "test_acts.py::test_r32_an_operator_revokes_with_a_reason",
    "test_queue.py::test_a_row_says_what_changed_what_it_costs_and_what_the_checks_remark", "test_queue.py::test_filters_narrow_and_nonsense_is_ignored",
    "test_request_page.py::test_every_state_has_a_page", "test_request_page.py::test_text_of_others_is_escaped_everywhere",
    "test_german.py", "test_log_in.py::test_the_admin_s_log_in_leads_to_ours_and_back",
    "test_log_in.py::test_the_acts_of_access_managers_want_a_fresh_log_in", "test_access_acts.py::test_a_person_is_created_and_holds_nothing",
    "test_envelope_pages.py::test_r24_one_envelope_with_its_months_and_who_holds_what",
]  # fmt: skip


def test_the_theme_is_there_unless_it_was_left_out():
    assert ("unfold" in settings.INSTALLED_APPS) == theme.IS_THEMED


@pytest.mark.slow
@pytest.mark.sqlite_only
def test_the_same_tests_pass_on_stock_django():
    env = {name: value for name, value in os.environ.items() if name != "IMPRIMATUR_TEST_VAR_DIR"}
    files = [f"tests/workplace/{name}" for name in SAME]
    command = [sys.executable, "-m", "pytest", "-q", "--ds", "tests.workplace.stock_settings", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
