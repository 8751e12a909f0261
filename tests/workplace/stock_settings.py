"""The tests' settings without the theme, as with IMPRIMATUR_STOCK_ADMIN=1."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS as _WITH_THEME

INSTALLED_APPS = [app for app in _WITH_THEME if app != "unfold"]
