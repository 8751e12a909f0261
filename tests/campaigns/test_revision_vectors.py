"""The digests of docs/revisions.md, by an independent computation and by vectors in a file.

Regenerate the file only when the format changes: that is another `format` name, since old digests must stay provable.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns.content import ad_content, ad_group_content, campaign_content, seal, section_digests
from tests.campaigns import samples

PATH = Path(__file__).with_name("vectors") / "revisions.json"
VECTORS: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))


def sha256_of(value: Any) -> str:
    """The canonical form and its hash with nothing but the standard library; keys of revisions are plain ASCII."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def contents() -> dict[str, dict[str, Any]]:
    """What the product makes of the samples."""
    bare = samples.ad()
    bare.call_to_action = bare.spark_post = bare.disclaimer = ""
    bare.hashtags, bare.page, bare.ai_generated = [], None, None
    flown = samples.campaign()
    flown.starts_at, flown.ends_at = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    full = samples.ad()
    full.spark_proof, full.spark_expires_at = "Mail of 1 May", datetime(2027, 1, 1, tzinfo=UTC)
    full.effect_name, full.effect_icon, full.payer, full.beneficiary = "Snow", samples.MEDIA[1], "Acme", "Acme GmbH"
    endless = samples.ad_group()
    endless.end = endless.dayparting = endless.bid_minor = None
    unlimited = samples.campaign()
    unlimited.budget_mode, unlimited.budget_minor, unlimited.special_industries = "unlimited", None, []
    return {
        "campaign": campaign_content(samples.campaign()),
        "campaign without a limit": campaign_content(unlimited),
        "campaign with a flight": campaign_content(flown),
        "ad with permission, effect and parties": ad_content(full, samples.MEDIA),
        "ad group": ad_group_content(samples.ad_group()),
        "ad group without end, hours and bid": ad_group_content(endless),
        "ad": ad_content(samples.ad(), samples.MEDIA),
        "ad with as little as possible": ad_content(bare, []),
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector(vector):
    """The stored content has the stored digests, by both computations."""
    content = vector["content"]
    assert sha256_of(content) == vector["digest"] == seal(content)[1]
    independent = {name: sha256_of(value) for name, value in content["sections"].items()}
    assert independent == vector["sections"] == section_digests(content)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_product_makes_exactly_this_content(vector):
    assert contents()[vector["name"]] == vector["content"]


def test_every_sample_has_its_vector():
    assert {vector["name"] for vector in VECTORS} == set(contents())
