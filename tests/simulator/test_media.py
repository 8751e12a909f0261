"""Uploads: what is in the bytes counts, never the name."""

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.simulator import accounts, media_files
from tests.simulator.client import Client, Refused


def fetch(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_a_video_is_measured_by_its_bytes(client, media_paths):
    made = client.upload("video", media_paths.video, file_name="Sommer.mp4")
    expected = {
        "file_name": "Sommer.mp4",
        "width": 90,
        "height": 160,
        "duration": 3.0,
        "fps": 10.0,
        "format": "mp4",
        "size": media_paths.video.stat().st_size,
        "signature": hashlib.md5(media_paths.video.read_bytes()).hexdigest(),
        "displayable": True,
    }
    assert {name: made[name] for name in expected} == expected
    data = client.call(client.files.ad_video_info, client.account, [made["video_id"], "v0"], client.token)
    assert [video["video_id"] for video in data["list"]] == [made["video_id"]]
    assert {name: data["list"][0][name] for name in expected} == expected


def test_an_image_is_measured_by_its_bytes(client, media_paths):
    made = client.upload("image", media_paths.square)
    assert (made["width"], made["height"], made["format"]) == (120, 120, "png")
    assert made["is_carousel_usable"] is True
    ids = [made["image_id"], "ad-site-i18n-sg/0"]
    data = client.call(client.files.file_image_ad_info, client.account, ids, client.token)
    assert [image["image_id"] for image in data["list"]] == [made["image_id"]]


def test_the_same_bytes_get_a_new_id_each_time(client, media_paths):
    first, second = (client.upload("video", media_paths.video) for _ in range(2))
    assert first["video_id"] != second["video_id"]
    assert first["signature"] == second["signature"]


def test_videos_are_found_again_after_a_lost_answer(client, media_paths):
    made = client.upload("video", media_paths.video, file_name="verloren.mp4")
    client.upload("video", media_paths.square_video)
    data = client.call(client.files.ad_video_search, client.account, client.token, filtering={"width": 90})
    assert [video["file_name"] for video in data["list"]] == ["verloren.mp4"]
    assert data["list"][0]["video_id"] == made["video_id"]


@pytest.mark.parametrize("kind", ["video", "image"])
def test_a_wrong_md5_is_40900_and_keeps_nothing(client, simulator, media_paths, kind):
    path = media_paths.video if kind == "video" else media_paths.cover
    with pytest.raises(Refused) as refused:
        client.upload(kind, path, **{f"{kind}_signature": "0" * 32})
    assert refused.value.code == 40900
    assert simulator.state()["media"] == []
    assert list((simulator.folder / "simulator-media").iterdir()) == []


def test_names_are_unique_per_account_and_kind(client, media_paths):
    client.upload("video", media_paths.video, file_name="einmal")
    with pytest.raises(Refused) as refused:
        client.upload("video", media_paths.square_video, file_name="einmal")
    assert refused.value.code == 40911
    assert client.upload("image", media_paths.cover, file_name="einmal")["file_name"] == "einmal"
    client.account = accounts.DOLLAR
    assert client.upload("video", media_paths.video, file_name="einmal")["file_name"] == "einmal"


def test_the_local_name_is_the_default(client, media_paths):
    assert client.upload("video", media_paths.video, file_name=None)["file_name"] == "upright.mp4"


def _broken(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_an_empty_file_is_40906(client, tmp_path):
    with pytest.raises(Refused) as refused:
        client.upload("video", _broken(tmp_path, "leer.mp4", b""))
    assert refused.value.code == 40906


@pytest.mark.parametrize("suffix", ["mp4", "mov", "avi"])
def test_text_with_a_video_name_is_40908(client, tmp_path, suffix):
    with pytest.raises(Refused) as refused:
        client.upload("video", _broken(tmp_path, f"text.{suffix}", b"this is no video at all\n" * 50))
    assert refused.value.code == 40908


def test_a_truncated_video_is_40908(client, tmp_path, media_paths):
    half = media_paths.video.read_bytes()[: media_paths.video.stat().st_size // 2]
    with pytest.raises(Refused) as refused:
        client.upload("video", _broken(tmp_path, "halb.mp4", half))
    assert refused.value.code == 40908


def test_a_truncated_image_is_40908(client, tmp_path, media_paths):
    with pytest.raises(Refused) as refused:
        client.upload("image", _broken(tmp_path, "halb.jpg", media_paths.cover.read_bytes()[:400]))
    assert refused.value.code == 40908


@pytest.mark.parametrize(("suffix", "code"), [("mov", None), ("avi", None), ("3gp", 40908), ("webm", 40908)])
def test_containers_are_those_of_the_upload_page(client, tmp_path, suffix, code):
    path = media_files.video(tmp_path / f"film.{suffix}", 176, 144)
    if code is None:
        assert client.upload("video", path)["format"] == suffix
        return
    with pytest.raises(Refused) as refused:
        client.upload("video", path.rename(tmp_path / "film.mp4"))
    assert refused.value.code == code


def test_a_picture_is_no_video_and_a_video_no_picture(client, media_paths):
    with pytest.raises(Refused, match="40908"):
        client.upload("video", media_paths.cover)
    with pytest.raises(Refused, match="40908"):
        client.upload("image", media_paths.video)


def test_images_have_a_largest_size(client, tmp_path):
    path = media_files.image(tmp_path / "gross.png", 1921, 1920)
    with pytest.raises(Refused, match="40002: image_file: width x height"):
        client.upload("image", path)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"upload_type": "UPLOAD_BY_URL", "video_url": "https://a.example/v.mp4"}, 40008),
        ({"upload_type": "BY_FILE"}, 40002),
        ({"video_signature": None}, 40002),
        ({"video_file": None}, 40905),
        ({"file_name": "x" * 101}, 40002),
        ({"advertiser_id": accounts.UNKNOWN}, 40300),
        ({"advertiser_id": accounts.FOREIGN}, 40001),
    ],
    ids=str,
)
def test_wrong_forms_are_refused(client, simulator, media_paths, changes, code):
    form = {
        "advertiser_id": client.account,
        "file_name": "name",
        "upload_type": "UPLOAD_BY_FILE",
        "video_file": str(media_paths.video),
        "video_signature": hashlib.md5(media_paths.video.read_bytes()).hexdigest(),
    } | changes
    form = {name: value for name, value in form.items() if value is not None}
    with pytest.raises(Refused) as refused:
        client.call(client.files.ad_video_upload, client.token, **form)
    assert refused.value.code == code
    assert simulator.state()["media"] == []
    assert list((simulator.folder / "simulator-media").iterdir()) == []


FORM = "multipart/form-data; boundary=B"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--B--"),
        (FORM, b""),
        (FORM, b"nothing"),
        (FORM, b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end'),
        (FORM, b"--B\r\nno headers\r\n--B--\r\n"),
    ],
    ids=["JSON", "no boundary", "empty", "no part", "no end", "no headers"],
)
def test_broken_bodies_are_refused(simulator, content_type, body):
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    headers = {"Access-Token": accounts.TOKEN, "Content-Type": content_type}
    connection.request("POST", "/open_api/v1.3/file/video/ad/upload/", body, headers)
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)["code"] in (40000, 40905)) == (200, True)
    connection.close()


def test_a_preview_serves_the_bytes_until_it_expires(client, simulator, media_paths):
    made = client.upload("video", media_paths.video)
    status, headers, data = fetch(made["preview_url"])
    assert (status, headers["Content-Type"]) == (200, "video/mp4")
    assert data == media_paths.video.read_bytes()
    simulator.control("clock", {"advance_seconds": 6 * 3600 + 1})
    assert fetch(made["preview_url"])[0] == 403


def test_players_may_ask_for_a_range(client, media_paths):
    made = client.upload("image", media_paths.cover)
    whole = media_paths.cover.read_bytes()
    status, headers, data = fetch(made["image_url"], Range="bytes=10-19")
    assert (status, data) == (206, whole[10:20])
    assert headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert fetch(made["image_url"], Range=f"bytes={len(whole)}-")[0] == 416


@pytest.mark.parametrize("name", ["../simulator.sqlite3", "%2e%2e/simulator.sqlite3", "0" * 32 + "-" + "0" * 8, ""])
def test_nothing_but_uploads_is_served(simulator, name):
    assert fetch(f"{simulator.url}/_simulator/media/{name}")[0] == 404


def test_transcoding_takes_its_time(client, simulator, media_paths):
    simulator.control("settings", {"transcoding_seconds": 60})
    campaign_id = client.create_campaign()["campaign_id"]
    adgroup_id = client.create_adgroup(campaign_id)["adgroup_id"]
    video, image = client.upload("video", media_paths.video), client.upload("image", media_paths.cover)
    assert video == {"video_id": video["video_id"]}
    creative = accounts.creative(video["video_id"], image["image_id"])
    with pytest.raises(Refused) as refused:
        client.create_ads(adgroup_id, creative)
    assert refused.value.code == 40901
    simulator.control("clock", {"advance_seconds": 61})
    data = client.call(client.files.ad_video_info, client.account, [video["video_id"]], client.token)
    assert data["list"][0]["width"] == 90
    assert client.create_ads(adgroup_id, creative)["ad_ids"]


def test_preview_addresses_name_the_host_that_was_asked(simulator, media_paths):
    client = Client(f"http://localhost:{simulator.port}")
    made = client.upload("video", media_paths.video)
    assert urlsplit(made["preview_url"]).netloc == f"localhost:{simulator.port}"
