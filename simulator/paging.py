"""Pages of a list: `page` from 1, `page_size`, `page_info` (facts 4.4)."""

from collections.abc import Callable
from typing import Any, TypeVar

from simulator.envelope import invalid

MAX_PAGE_SIZE = 1_000
_T = TypeVar("_T")


def page_of(
    params: dict[str, Any],
    items: list[_T],
    show: Callable[[_T], dict[str, Any]],
    *,
    key: str = "list",
    default_size: int = 10,
    maximum: int = MAX_PAGE_SIZE,
) -> dict[str, Any]:
    """One page of the items and its `page_info`; only the page's items are rendered."""
    page = _positive(params, "page", 1, 10**6)
    size = _positive(params, "page_size", default_size, maximum)
    start = (page - 1) * size
    return {
        key: [show(item) for item in items[start : start + size]],
        "page_info": {
            "page": page,
            "page_size": size,
            "total_number": len(items),
            "total_page": -(-len(items) // size),
        },
    }


def _positive(params: dict[str, Any], name: str, default: int, maximum: int) -> int:
    text = str(params.get(name, default))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= maximum:
        raise invalid(name, f"Must be between 1 and {maximum}.")
    return int(text)
