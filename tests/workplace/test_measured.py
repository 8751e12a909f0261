"""What was seen and heard in media, in words and units, on the page of a file and of a request (docs/media.md)."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaigns import services as campaigns
from campaigns.analysing import analysed
from campaigns.models import MediaAnalysis, MediaAsset
from core.actor import Channel, system
from governance import messages
from tests import builders
from tests.api.statements import statements
from tests.builders import World
from tests.workplace.conftest import Enter
from workplace.measured import Fact, facts

FOUND: dict[str, Any] = {
    "pictures": 12,
    "bars": {"top": 125, "bottom": 120, "left": 0, "right": 0, "share": 245},
    "colours": [{"hex": "#0f766e", "permille": 342}, {"hex": "#ffffff", "permille": 10}],
    "difference_hashes": ["00ff"],
    "sound": {"codec": "aac", "milliseconds": 9024, "silent_permille": 31, "loudness_tenths": -182, "clipped_ppm": 120},
}


def told(result: Any = None, fault: str = "", language: str = "en", **asset: Any) -> dict[str, str]:
    file = MediaAsset(**{"kind": "video", "has_audio": True, **asset})
    with translation.override(language):
        return {each.label: each.text for each in facts(file, MediaAnalysis(result=result, fault=fault))}


def test_everything_measured_is_said_with_its_unit():
    assert told(FOUND) == {
        "Looked at": "12 pictures", "Black bars": "24.5 % of the picture (top 12.5 %, bottom 12 %)", "Colours": "#0f766e 34.2 %, #ffffff 1 %",
        "Sound": "aac, 9 s heard", "Loudness": "-18.2 LUFS", "Silence": "3.1 % of the track", "Clipping": "0.012 % of the samples at full scale",
    }  # fmt: skip


def test_german():
    assert told(FOUND, language="de") == {
        "Angesehen": "12 Bilder", "Schwarze Balken": "24,5 % des Bildes (oben 12,5 %, unten 12 %)", "Farben": "#0f766e 34,2 %, #ffffff 1 %",
        "Ton": "aac, 9 s gehört", "Lautheit": "-18,2 LUFS", "Stille": "3,1 % der Tonspur", "Übersteuerung": "0,012 % der Abtastwerte am Anschlag",
    }  # fmt: skip
    assert told(fault="timeout", language="de")["Untersuchung"].startswith("nicht möglich: ")


@pytest.mark.parametrize(
    ("changed", "asset", "label", "text"),
    [
        ({"bars": {"top": 0, "bottom": 0, "left": 0, "right": 0, "share": 0}}, {}, "Black bars", "none"),
        ({"bars": {"top": 1000, "bottom": 0, "left": 0, "right": 0, "share": 1000}}, {}, "Black bars", "100 % of the picture (top 100 %)"),
        ({"sound": None}, {}, "Sound", "the track cannot be read"), ({"sound": None}, {"has_audio": False}, "Sound", "no sound track"),
        ({"sound": {**FOUND["sound"], "loudness_tenths": None}}, {}, "Loudness", "nothing to measure"),
        ({"sound": {**FOUND["sound"], "clipped_ppm": 0}}, {}, "Clipping", "0 % of the samples at full scale"),
        ({"sound": {**FOUND["sound"], "silent_permille": 1000}}, {}, "Silence", "100 % of the track"),
    ],
)  # fmt: skip
def test_the_ends_of_what_can_be_measured(changed: dict[str, Any], asset: dict[str, Any], label: str, text: str):
    assert told({**FOUND, **changed}, **asset)[label] == text


def test_a_picture_has_no_sound_and_says_nothing_of_it():
    assert list(told({**FOUND, "pictures": 1, "sound": None}, kind="image", has_audio=None)) == ["Black bars", "Colours"]


def test_tracks_too_short_to_be_judged_say_no_silence():
    assert "Silence" not in told({**FOUND, "sound": {**FOUND["sound"], "silent_permille": None}})


@pytest.mark.parametrize(("fault", "words"), [("timeout", "timeout"), ("undecodable", "damaged"), ("crashed", "damaged")])
def test_what_could_not_be_analysed_says_why(fault: str, words: str):
    assert told(fault=fault) == {"Analysis": f"not possible: {messages.label(words, 'en')}"}


def test_without_an_analysis_nothing_is_said():
    assert facts(MediaAsset(kind="video"), None) == []


def read(result: Any = None, fault: str = "", language: str = "en") -> list[tuple[str, str]]:
    reading = MediaAnalysis(kind="reading", result=result, fault=fault)
    with translation.override(language):
        return [(each.label, each.text) for each in facts(MediaAsset(kind="video"), None, reading)]


def texts(*told: tuple[int | None, list[str]]) -> dict[str, Any]:
    return {"pictures": 16, "read": 16, "texts": [{"at_ms": at_ms, "blocks": blocks} for at_ms, blocks in told]}


def test_what_was_read_is_told_with_its_second_where_it_changes():
    found = texts((0, ["Neu"]), (1000, ["Neu"]), (2500, ["Jetzt kosten-\nlos", "ab 18"]), (4000, ["Neu"]))
    assert read(found) == [("Text at 0 s", "Neu"), ("Text at 2.5 s", "Jetzt kosten- / los · ab 18"), ("Text at 4 s", "Neu")]
    assert read(found, language="de")[1][0] == "Text bei 2,5 s"
    assert read(texts((None, ["Neu"]))) == [("Text in the picture", "Neu")]
    assert read(texts()) == [("Text in the picture", "none")]
    assert read(fault="crashed") == [("Text in the picture", f"not possible: {messages.label('damaged', 'en')}")]


def test_a_film_full_of_text_is_cut_short():
    told = read(texts(*((1000 * number, [str(number)]) for number in range(12))))
    assert (len(told), told[-1]) == (11, ("Text in the picture", "in 2 more pictures"))


# --- on the pages ------------------------------------------------------------------------------------------------------------


def file_page(client: Any, asset: MediaAsset) -> str:
    answer = client.get(reverse("admin:campaigns_mediaasset_change", args=[asset.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_real_analyser_s_findings_stand_on_the_page_of_the_file(world: World, enter: Enter):
    asset = world.upload()
    client = enter("content")
    assert "Black bars" not in file_page(client, asset)
    analysed([asset], system(Channel.TASK))
    text = file_page(client, asset)
    for words in ("Black bars", "Colours", "Loudness", "LUFS", 'fill="#'):
        assert words in text, words
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert "Lautheit" in file_page(client, asset)


def test_they_stand_beside_the_preview_of_a_request(world: World, enter: Enter):
    request = world.request("in_review")
    client = enter("content")
    address = reverse("admin:request", args=[request.pk])
    assert 'data-testid="measured"' not in client.get(address).content.decode()
    asset = world.tree_of[request.pk].ad.media.get()
    campaigns.record_analysis(actor=system(Channel.TASK), media=asset.pk, result=FOUND, fault="")
    answer = client.get(address)
    (preview,) = [view.preview for view in answer.context["detail"].items if view.preview]
    assert Fact("Loudness", "-18.2 LUFS") in preview.measured[asset.sha256]
    campaigns.record_analysis(
        actor=system(Channel.TASK), media=asset.pk, result=texts((2000, ["<b>Neu</b>"])), fault="", kind="reading"
    )
    answer = client.get(address)
    for words in ('data-testid="measured"', "24.5 % of the picture", 'fill="#0f766e"', "-18.2 LUFS", "&lt;b&gt;Neu&lt;/b&gt;"):
        assert words in answer.content.decode(), words


def test_r57_whoever_does_not_see_the_file_sees_nothing_of_it(world: World, enter: Enter):
    asset = world.upload()
    campaigns.record_analysis(actor=system(Channel.TASK), media=asset.pk, result=FOUND, fault="")
    address = reverse("admin:campaigns_mediaasset_change", args=[asset.pk])
    for who, status in (("other_brand", 404), ("other_organisation", 404), ("nobody", 403), ("anonymous", 302)):
        answer = enter(who).get(address)
        assert (answer.status_code, b"LUFS" in answer.content) == (status, False), who


def test_a_request_of_many_files_asks_once(world: World, enter: Enter):
    client, counted = enter("content"), []
    client.get(reverse("admin:index"))  # notes that the session is used
    for number in (1, 3):
        tree = world.tree()
        for each in range(number):
            asset = world.upload(builders.video(f"Film {number} {each}"))
            world.ad(tree.ad_group, asset, name=f"Film {each}")
            campaigns.record_analysis(actor=system(Channel.TASK), media=asset.pk, result=FOUND, fault="")
        request = world.request("in_review", tree)
        with statements() as seen:
            assert client.get(reverse("admin:request", args=[request.pk])).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]
