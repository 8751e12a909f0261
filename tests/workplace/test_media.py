"""Media: permission first, the very bytes that were uploaded, types by what is in them."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse
from PIL import Image

from campaigns.intake import store
from campaigns.models import MediaAsset
from tests import builders
from tests.builders import World
from tests.workplace.conftest import Enter


@pytest.fixture
def asset(world: World) -> MediaAsset:
    return world.upload()


def path(asset: MediaAsset, name: str = "media") -> str:
    return urlsplit(reverse(f"admin:{name}", args=[asset.pk])).path


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_whole_file_comes_sandboxed_and_named_by_its_hash(asset: MediaAsset, enter: Enter):
    answer = enter("content").get(path(asset))
    assert body(answer) == builders.video().read_bytes()
    assert answer["Content-Type"] == "video/mp4"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"] == f'inline; filename="{asset.sha256[:12]}.mp4"'
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(("asked", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None)])
def test_a_player_may_seek(asked: str, start: int, end: int | None, asset: MediaAsset, enter: Enter):
    whole = builders.video().read_bytes()
    answer = enter("content").get(path(asset), headers={"range": asked})
    part = body(answer)
    assert (answer.status_code, part) == (206, whole[start:end])
    first = len(whole) + start if start < 0 else start
    assert answer["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert answer["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=99999999999-", "bytes=50-10", "bytes=-0"])
def test_a_range_that_is_not_there_is_416(asked: str, asset: MediaAsset, enter: Enter):
    answer = enter("content").get(path(asset), headers={"range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{asset.size_bytes}"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_a_range_that_is_no_single_range_gets_the_whole(asked: str, asset: MediaAsset, enter: Enter):
    answer = enter("content").get(path(asset), headers={"range": asked})
    assert (answer.status_code, len(body(answer))) == (200, asset.size_bytes)


def test_known_bytes_are_not_sent_again_but_permission_is_asked_again(asset: MediaAsset, enter: Enter):
    tag = {"if-none-match": f'"{asset.sha256}"'}
    assert enter("content").get(path(asset), headers=tag).status_code == 304
    assert enter("other_brand").get(path(asset), headers=tag).status_code == 404
    assert enter("nobody").get(path(asset, "poster"), headers={"if-none-match": f'"poster-{asset.sha256}"'}).status_code == 404


def test_only_reading(asset: MediaAsset, enter: Enter):
    client = enter("content")
    assert client.post(path(asset)).status_code == 405
    head = client.head(path(asset), headers={"range": "bytes=0-9"})
    assert (head.status_code, head["Content-Length"]) == (206, "10")
    head.close()


def test_bytes_changed_on_disk_are_never_shown(asset: MediaAsset, enter: Enter, caplog: pytest.LogCaptureFixture):
    file = store().path_of(asset.sha256)
    original = file.read_bytes()
    client = enter("content")
    cache.clear()  # a poster drawn earlier was drawn from the right bytes, and stays
    file.unlink()
    file.write_bytes(original[:-1] + b"x")
    try:
        answers = [client.get(path(asset)), client.get(path(asset), headers={"range": "bytes=0-9"})]
        assert [answer.status_code for answer in answers] == [409, 409]
        assert original[:10] not in answers[1].content
        assert client.get(path(asset, "poster")).status_code == 409
    finally:
        file.unlink()
        file.write_bytes(original)
    assert "cannot be shown" in caplog.text


def test_a_poster_is_a_small_picture(world: World, asset: MediaAsset, enter: Enter):
    client = enter("content")
    for each in (asset, world.upload(builders.image())):
        answer = client.get(path(each, "poster"))
        assert answer["Content-Type"] == "image/jpeg"
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.format == "JPEG"
            assert max(picture.size) <= 854
        assert len(answer.content) < 100_000


def test_the_type_follows_the_probed_container_not_the_name(world: World, enter: Enter):
    with builders.image().open("rb") as stream:
        from campaigns.intake import receive_media

        asset = receive_media(actor=world.actor("submitter"), ad_account=world.account.pk, stream=stream, name="evil.html")
    answer = enter("content").get(path(asset))
    assert answer["Content-Type"] == "image/jpeg"
    assert "html" not in answer["Content-Disposition"]
    body(answer)
