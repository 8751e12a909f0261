"""Kills, restarts, lost answers: what was answered stays, what was not may be read back."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import urllib3
from business_api_client.rest import ApiException

from tests.simulator import accounts
from tests.simulator.client import Client, Refused
from tests.simulator.conftest import grow
from tests.simulator_process import SimulatorProcess

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def own(tmp_path):
    """A simulator of the test's own, to be killed."""
    with SimulatorProcess(tmp_path / "own", accounts.FIXTURE) as process:
        yield process


def test_a_killed_simulator_comes_back_with_everything(own, media_paths):
    tree = grow(Client(own.url), media_paths)
    ad_id = tree.ad(operation_status="ENABLE")["ad_id"]
    tree.enable()
    before = own.state() | {"now": None}
    own.kill()
    own.start()
    after = own.state() | {"now": None, "seq": before["seq"]}  # the fixture is declared again
    assert after == before
    client = Client(own.url)
    assert client.status("ad", ad_id) == "AD_STATUS_DELIVERY_OK"
    video = client.call(client.files.ad_video_info, client.account, [tree.video_id], client.token)["list"][0]
    with own_get(video["preview_url"]) as answer:
        assert answer.read() == media_paths.video.read_bytes()


def own_get(url):
    return urllib3.PoolManager().request("GET", url, preload_content=False)


@pytest.mark.race
def test_every_answered_creation_survives_a_kill_in_the_middle(own):
    answered: list[str] = []
    enough = threading.Event()

    def create():
        client = Client(own.url)
        try:
            while True:
                answered.append(client.create_campaign()["campaign_id"])
                if len(answered) > 40:
                    enough.set()
        except (urllib3.exceptions.HTTPError, OSError):
            return  # killed

    threads = [threading.Thread(target=create) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    own.kill()
    for thread in threads:
        thread.join(30)
    own.start()
    stored = {campaign["id"] for campaign in own.state()["campaigns"]}
    assert set(answered) <= stored
    assert len(stored) <= len(answered) + len(threads)  # at most the unanswered ones


@pytest.mark.race
def test_of_many_requests_with_one_key_one_succeeds(client, simulator):
    codes: list[int] = []
    start = threading.Barrier(6)

    def create():
        mine = Client(simulator.url)
        start.wait()
        try:
            mine.create_campaign(request_id="77")
            codes.append(0)
        except Refused as refused:
            codes.append(refused.code)

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [0] + [40050] * 5
    assert len(simulator.state()["campaigns"]) == 1


@pytest.mark.parametrize(("moment", "count"), [("before", 0), ("after", 1)])
def test_a_crash_loses_the_answer_and_not_the_work(own, moment, count):
    own.fault("campaign/create", crash=moment)
    with pytest.raises(urllib3.exceptions.HTTPError):
        Client(own.url).create_campaign()
    own.wait()
    own.start()
    assert len(own.state()["campaigns"]) == count


@pytest.mark.parametrize(("moment", "count"), [("before", 0), ("after", 1)])
def test_a_cut_connection_is_ambiguous(client, simulator, moment, count):
    simulator.fault("campaign/create", disconnect=moment)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.create_campaign()
    assert client.get("campaign")["page_info"]["total_number"] == count


@pytest.mark.parametrize(("moment", "count"), [("before", 0), ("after", 1)])
def test_a_time_out_is_ambiguous(client, simulator, moment, count):
    simulator.fault("campaign/create", timeout=moment)
    body = {"advertiser_id": client.account} | accounts.campaign()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        client.campaigns.campaign_create(client.token, body=body, _request_timeout=(2, 1))
    assert client.get("campaign")["page_info"]["total_number"] == count


@pytest.mark.parametrize(("moment", "count"), [("before", 0), ("after", 1)])
def test_an_injected_code_may_lie_about_the_work(client, simulator, moment, count):
    simulator.fault("campaign/create", code=50002, message="Timeout", when=moment)
    with pytest.raises(Refused, match="50002: Timeout"):
        client.create_campaign()
    assert client.get("campaign")["page_info"]["total_number"] == count


def test_faults_are_counted_and_matched_by_path(client, simulator):
    simulator.fault("campaign/get", code=40100, times=2, skip=1)
    assert client.create_campaign()["campaign_id"]
    assert client.get("campaign")["page_info"]["total_number"] == 1
    for _ in range(2):
        with pytest.raises(Refused, match="40100"):
            client.get("campaign")
    assert client.get("campaign")["page_info"]["total_number"] == 1
    assert simulator.state()["faults"] == []


def test_server_errors_and_html(client, simulator):
    simulator.fault("campaign/get", http_status=502)
    with pytest.raises(ApiException) as caught:
        client.get("campaign")
    assert caught.value.status == 502
    simulator.fault("campaign/get", http_status=200)
    with pytest.raises(TypeError):  # the SDK's own way to say that it read HTML
        client.get("campaign")


def test_a_stop_ends_waiting_requests_at_once(tmp_path):
    process = SimulatorProcess(tmp_path, accounts.FIXTURE).start()
    process.fault("campaign/create", timeout="before", seconds=600)
    failures: list[BaseException] = []

    def create():
        try:
            Client(process.url).create_campaign()
        except urllib3.exceptions.HTTPError as error:
            failures.append(error)

    thread = threading.Thread(target=create)
    thread.start()
    while process.state()["faults"]:
        pass  # taken as soon as the request has arrived
    process.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "JSON"),
        ('{"advertisers": [{"advertiser_id": "1"}]}', "needs the texts"),
        (
            '{"advertisers": [{"advertiser_id": "1", "name": "n", "currency": "XXX", "timezone": "t", "country": "c"}]}',
            "currency",
        ),
    ],
)
def test_a_wrong_fixture_stops_the_start(tmp_path, text, reason):
    fixture = tmp_path / "fixture.json"
    fixture.write_text(text)
    command = [sys.executable, "-m", "simulator", "--port", "0", "--state", str(tmp_path / "s.sqlite3")]
    done = subprocess.run([*command, "--fixture", str(fixture)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert reason in done.stderr


def test_the_process_needs_no_django(tmp_path):
    program = "import sys, simulator.cli; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.slow
def test_the_management_command_is_the_same_process(tmp_path):
    command = [sys.executable, "manage.py", "tiktok_simulator", "--port", "0", "--seed-demo"]
    command += ["--state", str(tmp_path / "s.sqlite3")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
        assert line.startswith("TikTok simulator on http://127.0.0.1:")
        process.terminate()
        assert process.wait(20) == 0
