"""Words of the theme that it brings in English only. Named here so that our catalogue carries them."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[tuple[Promise, ...]] = (
    _("All applications"), _("Apply Filters"), _("Cancel"), _("Collapse"), _("Dark"), _("Date from"), _("Date to"),
    _("Expand row"), _("False"), _("From"), _("General"), _("Go back"), _("Light"), _("Loading more results..."), _("Next"),
    _("No data"), _("No results found"), _("No results matching your query"), _("Previous"), _("Reset filters"),
    _("Return to site"), _("Search apps and models..."), _("System"),
    _("This page yielded into no results. Create a new item or reset your filters."), _("To"), _("True"),
    _("Type to search"), _("Value"),
)  # fmt: skip
