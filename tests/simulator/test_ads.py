"""/ad/create/ and /ad/update/."""

import pytest

from tests.simulator import accounts
from tests.simulator.client import Refused
from tests.simulator.conftest import grow

SPARK = {"identity_type": "BC_AUTH_TT", "identity_id": accounts.BC_HANDLE}
PULL = {"video_id": None, "image_ids": None, "ad_text": None, "tiktok_item_id": "7300000000000000001"}

REFUSED = [
    ("no name", {"ad_name": None}, 40002, "creatives.0.ad_name: Missing"),
    ("emoji in the name", {"ad_name": "Los 🚀"}, 40002, "ad_name: Emoji"),
    ("no format", {"ad_format": None}, 40002, "ad_format: Missing"),
    ("old format", {"ad_format": "CAROUSEL"}, 40002, "ad_format: Must be one of"),
    ("image on TikTok", {"ad_format": "SINGLE_IMAGE"}, 40002, "ad_format: SINGLE_IMAGE"),
    ("no identity type", {"identity_type": None}, 40002, "identity_type: Missing"),
    ("no identity", {"identity_id": None}, 40002, "identity_id: Missing"),
    ("unknown identity", {"identity_id": "1"}, 40007, "identity_id"),
    ("identity of another type", {"identity_id": accounts.BC_HANDLE}, 40007, "identity_id"),
    ("custom identity", {"identity_type": "CUSTOMIZED_USER", "identity_id": accounts.CUSTOM}, 40002, "identity_type"),
    ("lost identity", {"identity_id": accounts.LOST}, 40002, "identity_id: The identity is not available"),
    ("politics", {"identity_id": accounts.POLITICS}, 40002, "identity_id: Government"),
    ("pull only", {"identity_id": accounts.PULL_ONLY}, 40002, "identity_id: The identity does not allow"),
    ("BC without centre", SPARK, 40002, "identity_authorized_bc_id: Missing"),
    ("BC of another centre", SPARK | {"identity_authorized_bc_id": "1"}, 40002, "identity_authorized_bc_id"),
    (
        "code without post",
        {"identity_type": "AUTH_CODE", "identity_id": accounts.CODE},
        40002,
        "tiktok_item_id: Missing",
    ),
    ("no video", {"video_id": None}, 40002, "video_id: Missing"),
    ("unknown video", {"video_id": "v1"}, 40053, "video_id"),
    ("no cover", {"image_ids": None}, 40002, "image_ids: Missing"),
    ("unknown cover", {"image_ids": ["ad-site-i18n-sg/1"]}, 40007, "image_ids"),
    ("two covers", {"image_ids": ["a", "b"]}, 40002, "image_ids: Exactly one"),
    ("video and post", {"tiktok_item_id": "1"}, 40002, "video_id: Cannot be combined"),
    ("no text", {"ad_text": None}, 40002, "ad_text: Missing"),
    ("101 characters", {"ad_text": "x" * 101}, 40002, "ad_text: Length"),
    ("51 Chinese characters", {"ad_text": "夏" * 51}, 40002, "ad_text: Length"),
    ("emoji", {"ad_text": "Sommer ☀"}, 40002, "ad_text: Emoji"),
    ("no call to action", {"call_to_action": None}, 40002, "call_to_action: Missing"),
    ("unknown call", {"call_to_action": "BUY"}, 40002, "call_to_action: Must be one of"),
    ("call of another objective", {"call_to_action": "VIEW_PROFILE"}, 40002, "call_to_action"),
    ("no landing page", {"landing_page_url": None}, 40002, "landing_page_url: Missing"),
    ("no URL", {"landing_page_url": "schuhe.example"}, 40002, "landing_page_url: Not a valid URL"),
    ("script URL", {"landing_page_url": "javascript:alert(1)"}, 40002, "landing_page_url: Not a valid URL"),
    ("broken URL", {"landing_page_url": "http://["}, 40002, "landing_page_url: Not a valid URL"),
    ("URL with a blank", {"landing_page_url": "https://a.example/x y"}, 40002, "landing_page_url: Not a valid URL"),
    ("15 parameters", {"utm_params": [{"key": "a", "value": "b"}] * 15}, 40002, "utm_params"),
    ("long display name", {"display_name": "x" * 41}, 40002, "display_name: Length"),
    ("disclaimer", {"disclaimer_type": "TEXT_ONLY"}, 40118, "disclaimer_type"),
    ("AI neither yes nor no", {"aigc_disclosure_type": "MAYBE"}, 40002, "aigc_disclosure_type"),
    ("bad dark post", {"dark_post_status": "MAYBE"}, 40002, "dark_post_status"),
    ("bad status", {"operation_status": "DELETE"}, 40002, "operation_status"),
    ("id list as text", {"image_ids": "a"}, 40002, "creatives.0.image_ids: Not a valid list"),
]


@pytest.mark.parametrize(
    ("changes", "code", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_wrong_ad_is_refused_and_leaves_nothing(tree, changes, code, message):
    with pytest.raises(Refused) as refused:
        tree.ad(**changes)
    assert refused.value.code == code
    assert refused.value.message.startswith(message)
    assert tree.client.get("ad")["page_info"]["total_number"] == 0


ACCEPTED = [
    ("100 characters", {"ad_text": "x" * 100}),
    ("50 Chinese characters", {"ad_text": "夏" * 50}),
    ("http", {"landing_page_url": "http://schuhe.example/"}),
    ("BC identity", SPARK | {"identity_authorized_bc_id": accounts.BC}),
    ("AI declared", {"aigc_disclosure_type": "SELF_DISCLOSURE"}),
    ("public post", {"dark_post_status": "OFF"}),
    ("pulled post", PULL),
    ("pulled with a code", PULL | {"identity_type": "AUTH_CODE", "identity_id": accounts.CODE}),
]


@pytest.mark.parametrize("changes", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_a_right_ad_is_echoed_and_read_back(tree, changes):
    made = tree.ad(**changes)
    back = tree.client.one("ad", made["ad_id"])
    assert back == made
    sent = tree.creative(**changes)
    assert {name: back[name] for name in sent} == sent


def test_enabled_is_the_default_when_nothing_is_said(tree):
    assert tree.ad(operation_status=None)["operation_status"] == "ENABLE"


def test_defaults_that_nobody_sent(tree):
    made = tree.ad()
    assert (made["dark_post_status"], made["aigc_disclosure_type"]) == ("ON", "NOT_DECLARED")
    assert made["creative_authorized"] is False
    assert (made["campaign_name"], made["adgroup_name"]) == ("Sommer 2026", "Deutschland 18+")


def test_a_blank_name_becomes_the_id(tree):
    made = tree.ad(ad_name="")
    assert made["ad_name"] == made["ad_id"]


def test_a_call_to_action_id_wins(tree):
    made = tree.ad(call_to_action_id="99")
    assert (made["call_to_action_id"], made["call_to_action"]) == ("99", None)


def test_the_cover_has_the_ratio_of_the_video(tree, media_paths):
    square = tree.client.upload("image", media_paths.square)["image_id"]
    with pytest.raises(Refused, match="40002: image_ids: The cover"):
        tree.ad(image_ids=[square])


def test_media_of_another_account_do_not_exist(tree, media_paths, simulator):
    tree.client.account = accounts.DOLLAR
    video = tree.client.upload("video", media_paths.video)["video_id"]
    tree.client.account = accounts.EURO
    with pytest.raises(Refused) as refused:
        tree.ad(video_id=video)
    assert refused.value.code == 40053


def test_a_custom_identity_is_taken_where_tiktok_is_not_a_placement(client, media_paths):
    tree = grow(client, media_paths, {"placements": ["PLACEMENT_PANGLE"]})
    made = tree.ad(identity_type="CUSTOMIZED_USER", identity_id=accounts.CUSTOM)
    assert made["identity_type"] == "CUSTOMIZED_USER"
    with pytest.raises(Refused, match="display_name: Missing"):
        tree.ad(identity_type=None, identity_id=None)
    image = {"ad_format": "SINGLE_IMAGE", "video_id": None, "display_name": "Schuhhaus", "call_to_action": None}
    assert tree.ad(identity_type=None, identity_id=None, **image)["display_name"] == "Schuhhaus"


def test_a_carousel_needs_music_and_usable_images(tree):
    carousel = {"ad_format": "CAROUSEL_ADS", "video_id": None}
    with pytest.raises(Refused, match="music_id: Missing"):
        tree.ad(**carousel)
    made = tree.ad(**carousel, music_id="7400000000000000001")
    with pytest.raises(Refused, match="ad_format: Cannot be changed"):
        tree.update_ad(made["ad_id"], **tree.creative())


def test_a_disclaimer_stays_once_set(client, media_paths):
    client.account = accounts.DOLLAR
    tree = grow(client, media_paths)
    disclaimer = {"disclaimer_type": "TEXT_ONLY", "disclaimer_text": {"text": "Terms apply."}}
    with pytest.raises(Refused, match=r"disclaimer_text\.text"):
        tree.ad(disclaimer_type="TEXT_ONLY", disclaimer_text={"text": "x" * 91})
    made = tree.ad(**disclaimer)
    with pytest.raises(Refused, match="disclaimer_type: Cannot be removed"):
        tree.update_ad(made["ad_id"], **tree.creative())


def test_all_ads_of_a_request_succeed_or_none(tree):
    with pytest.raises(Refused, match="ad_text"):
        tree.client.create_ads(tree.adgroup_id, tree.creative(), tree.creative(ad_text="🙂"))
    assert tree.client.get("ad")["page_info"]["total_number"] == 0
    both = tree.client.create_ads(tree.adgroup_id, tree.creative(), tree.creative())
    assert len(set(both["ad_ids"])) == 2
    assert both["need_audit"] is True


def test_twenty_ads_a_request(tree):
    with pytest.raises(Refused) as refused:
        tree.client.create_ads(tree.adgroup_id, *[tree.creative()] * 21)
    assert refused.value.code == 40011


def test_fifty_ads_an_ad_group(tree):
    for count in (20, 20, 10):
        tree.client.create_ads(tree.adgroup_id, *[tree.creative()] * count)
    with pytest.raises(Refused) as refused:
        tree.ad()
    assert refused.value.code == 40502


def test_an_account_may_have_its_own_limit_and_deleting_makes_room(client, media_paths):
    client.account = accounts.SMALL
    tree = grow(client, media_paths)
    first, _ = tree.ad(), tree.ad()
    with pytest.raises(Refused) as refused:
        tree.ad()
    assert refused.value.code == 40502
    client.switch("ad", "DELETE", first["ad_id"])
    assert tree.ad()["ad_id"]


def test_update_replaces_the_ad_whole(tree):
    made = tree.ad(aigc_disclosure_type="SELF_DISCLOSURE", display_name="Schuhhaus")
    after = tree.update_ad(made["ad_id"], **tree.creative(ad_text="Neu."))
    assert after["ad_text"] == "Neu."
    assert after["display_name"] is None
    assert after["aigc_disclosure_type"] == "NOT_DECLARED"  # the reset that the SDK's model causes


def test_update_never_switches(tree):
    made = tree.ad()
    after = tree.update_ad(made["ad_id"], **tree.creative(operation_status="ENABLE"))
    assert after["operation_status"] == "DISABLE"


def test_an_incomplete_replacement_is_refused(tree):
    made = tree.ad()
    with pytest.raises(Refused, match="ad_format: Missing"):
        tree.update_ad(made["ad_id"], ad_text="Neu.")
    assert tree.client.one("ad", made["ad_id"]) == made


def test_a_patch_keeps_what_is_not_sent(tree):
    made = tree.ad(aigc_disclosure_type="SELF_DISCLOSURE")
    after = tree.update_ad(made["ad_id"], patch=True, ad_text="Neu.")
    changed = {name for name in made if made[name] != after[name]}
    assert changed - {"modify_time"} == {"ad_text"}


def test_a_patch_takes_only_its_few_fields(tree):
    made = tree.ad()
    with pytest.raises(Refused, match=r"creatives\.0\.landing_page_url: Not supported"):
        tree.update_ad(made["ad_id"], patch=True, landing_page_url="https://b.example/")


def test_an_ad_is_updated_in_its_own_group(tree):
    made = tree.ad()
    other = tree.client.create_adgroup(tree.campaign_id)["adgroup_id"]
    body = {"adgroup_id": other, "creatives": [tree.creative() | {"ad_id": made["ad_id"]}]}
    with pytest.raises(Refused, match="does not belong"):
        tree.client.post(tree.client.ads.ad_update, body)


def test_an_unknown_ad_is_40007(tree):
    with pytest.raises(Refused) as refused:
        tree.update_ad("1", **tree.creative())
    assert refused.value.code == 40007
