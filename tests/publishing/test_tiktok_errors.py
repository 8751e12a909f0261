"""Every way a call can fail, over real HTTP: which error it is, and whether the write may have happened (R-37)."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from publishing.channels import base
from publishing.channels.tiktok import TikTokChannel
from publishing.channels.tiktok_errors import from_code, redacted
from tests.publishing.channel_contents import ACCOUNT, campaign
from tests.publishing.channel_server import Answer, Server, answering, closed_port, cut, envelope, http, reset, silent

FAST = (2.0, 0.2)
Act = Callable[[TikTokChannel], Any]


def create(channel: TikTokChannel) -> str:
    return channel.create_disabled(ACCOUNT, campaign(), {}, {}, "try-1")


def read(channel: TikTokChannel) -> base.RemoteObject:
    return channel.read(ACCOUNT, "campaign", "1800")


def fault(answer: Answer | str, act: Act, timeout: tuple[float, float] = FAST) -> base.ChannelError:
    """The error of one call to a server that answers so, after exactly one request."""
    if isinstance(answer, str):
        with pytest.raises(base.ChannelError) as caught:
            act(TikTokChannel(answer, timeout=timeout))
        return caught.value
    with answering(answer) as server:
        with pytest.raises(base.ChannelError) as caught:
            act(TikTokChannel(server.url, timeout=timeout))
        assert len(server.seen) == 1, "a call is never repeated by itself"
    return caught.value


def verdict(error: base.ChannelError) -> tuple[str, bool, bool]:
    return error.category.value, error.retryable, error.ambiguous


HTML = http(200, b"<html>Bad gateway</html>", Content_Type="text/html")
NO_CODE = http(200, b'{"data": {}}')
WIRE = [
    ("read timeout", silent, ("unconfirmed", False, True), ("unavailable", True, False)),
    ("connection reset", reset, ("unconfirmed", False, True), ("unavailable", True, False)),
    ("answer cut off", cut, ("unconfirmed", False, True), ("unavailable", True, False)),
    ("HTML with 200", HTML, ("unconfirmed", False, True), ("unavailable", True, False)),
    ("empty with 200", http(200), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("a list with 200", http(200, b"[]"), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("null with 200", http(200, b"null"), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("envelope without code", NO_CODE, ("unconfirmed", False, True), ("unavailable", True, False)),
    ("code is no number", http(200, b'{"code": "0"}'), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("HTTP 500", http(500, b"x"), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("HTTP 503", http(503), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("HTTP 504", http(504), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("HTTP 408", http(408), ("unconfirmed", False, True), ("unavailable", True, False)),
    ("HTTP 404", http(404), ("misconfigured", False, False), ("misconfigured", False, False)),
    ("HTTP 405", http(405), ("misconfigured", False, False), ("misconfigured", False, False)),
    ("HTTP 403", http(403), ("forbidden", False, False), ("forbidden", False, False)),
    ("HTTP 429", http(429), ("rate_limited", True, False), ("rate_limited", True, False)),
    ("redirect", http(307, Location="http://127.0.0.1:9/"), ("misconfigured", False, False), ("misconfigured", False, False)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "for_write", "for_read"), [case[1:] for case in WIRE], ids=[case[0] for case in WIRE]
)
def test_r37_faults_on_the_wire(answer: Answer, for_write: Any, for_read: Any) -> None:
    assert verdict(fault(answer, create)) == for_write
    assert verdict(fault(answer, read)) == for_read


def test_r37_a_refused_connection_wrote_nothing() -> None:
    for act in (create, read):
        assert verdict(fault(closed_port(), act)) == ("unavailable", True, False)


def test_r37_an_unknown_name_wrote_nothing() -> None:
    assert verdict(fault("http://no-such-host.invalid", create)) == ("unavailable", True, False)


def test_r37_a_tls_handshake_that_fails_is_never_taken_for_an_answer() -> None:
    with answering(envelope()) as server:
        error = fault(server.url.replace("http:", "https:"), create)
    assert error.category.value in ("unconfirmed", "unavailable", "misconfigured")
    assert not error.retryable or not error.ambiguous


CODES = [
    (20001, "partial", False, True),
    (40000, "invalid", False, False),
    (40002, "invalid", False, False),
    (40700, "invalid", False, False),
    (40065, "invalid", False, False),
    (40502, "invalid", False, False),
    (40900, "invalid", False, False),
    (40916, "invalid", False, False),
    (40001, "forbidden", False, False),
    (40003, "forbidden", False, False),
    (40118, "forbidden", False, False),
    (40300, "forbidden", False, False),
    (40102, "credentials", False, False),
    (40104, "credentials", False, False),
    (40105, "credentials", False, False),
    (40006, "misconfigured", False, False),
    (40400, "misconfigured", False, False),
    (41000, "misconfigured", False, False),
    (40007, "not_found", False, False),
    (40050, "duplicate", False, True),
    (40911, "duplicate", False, False),
    (40100, "rate_limited", True, False),
    (40016, "rate_limited", True, False),
    (40132, "rate_limited", True, False),
    (40133, "rate_limited", True, False),
    (61000, "rate_limited", True, False),
    (40201, "not_ready", True, False),
    (40901, "not_ready", True, False),
    (40202, "conflict", True, False),
    (50000, "unconfirmed", False, True),
    (50002, "unconfirmed", False, True),
    (51010, "unconfirmed", False, True),
    (60001, "unconfirmed", False, True),
    (99999, "unconfirmed", False, True),
]


@pytest.mark.parametrize(("code", "category", "retryable", "ambiguous"), CODES)
def test_r37_codes_of_the_envelope(code: int, category: str, retryable: bool, ambiguous: bool) -> None:
    error = fault(envelope(code=code, message="budget: too low"), create)
    assert verdict(error) == (category, retryable, ambiguous)
    assert (error.channel_code, error.request_id, error.message) == (code, "rq-1", "budget: too low")
    assert error.code == f"channel_{category}"
    assert (error.retry_after is not None) == retryable


@pytest.mark.parametrize("code", [50000, 50002, 51010, 60001, 99999])
def test_r37_a_fault_while_reading_is_never_ambiguous(code: int) -> None:
    assert verdict(fault(envelope(code=code), read)) == ("unavailable", True, False)


def test_every_code_of_the_sdk_has_a_verdict_and_no_error_is_both_retryable_and_ambiguous() -> None:
    from business_api_client.tiktok_business.tiktok_code import NumericErrorCodes

    codes = [value for name, value in vars(NumericErrorCodes).items() if name.startswith("ERROR_CODE_") and value]
    assert len(codes) > 100
    for code in codes:
        for write in (True, False):
            error = from_code(code, "m", None, write=write)
            assert not (error.retryable and error.ambiguous)
            assert write or not error.ambiguous


def test_a_limit_of_the_whole_app_pauses_for_minutes_and_one_of_the_account_for_seconds() -> None:
    assert fault(envelope(code=40100), create).retry_after == 300
    assert fault(envelope(code=40133), create).retry_after == 2


def test_partial_success_keeps_what_tiktok_said_about_each_object() -> None:
    said = {"error_list": [{"adgroup_id": "1", "error_message": "no"}]}
    error = fault(envelope(said, code=20001), create)
    assert error.data == said


def test_a_created_object_without_an_id_is_unconfirmed() -> None:
    assert verdict(fault(envelope({}), create)) == ("unconfirmed", False, True)


def test_nothing_to_update_is_success() -> None:
    with answering(envelope(code=40012)) as server:
        TikTokChannel(server.url).pause(ACCOUNT, "campaign", "1800")
        assert server.bodies == [
            {"advertiser_id": ACCOUNT.advertiser_id, "campaign_ids": ["1800"], "operation_status": "DISABLE"}
        ]
        with pytest.raises(base.ChannelInvalid):
            TikTokChannel(server.url).create_disabled(ACCOUNT, campaign(), {}, {}, "try-1")


def test_the_token_goes_into_the_header_and_nowhere_else(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    token = ACCOUNT.access_token
    answers: list[Answer] = [
        envelope(code=40105, message=f"token {token} is bad"),
        http(500, b'{"message": "' + token.encode() + b'"}', X_Echo=token),
        reset,
    ]
    shown = io.StringIO()
    with caplog.at_level(logging.DEBUG):
        for answer in answers:
            for act in (create, read):
                with answering(answer) as server:
                    channel = TikTokChannel(server.url, timeout=FAST)
                    with pytest.raises(base.ChannelError) as caught:
                        act(channel)
                    shown.write("".join(traceback.format_exception(caught.value)) + repr(caught.value.args))
                    assert server.seen[0][2]["Access-Token"] == token
                    assert token not in server.seen[0][1]
                    assert token.encode() not in server.seen[0][3]
    shown.write(repr(ACCOUNT) + str(ACCOUNT))
    captured = capsys.readouterr()
    for text in (shown.getvalue(), caplog.text, captured.out, captured.err):
        assert token not in text


def test_redaction_keeps_messages_short() -> None:
    assert redacted("a secret b", "secret") == "a [token] b"
    assert len(redacted("x" * 10_000, "")) == 500


def test_a_redirect_never_carries_the_token_elsewhere() -> None:
    with (
        answering(envelope()) as elsewhere,
        answering(http(307, Location=elsewhere.url + "/open_api/v1.3/campaign/create/")) as server,
    ):
        with pytest.raises(base.ChannelMisconfigured):
            create(TikTokChannel(server.url))
        assert (len(server.seen), elsewhere.seen) == (1, [])


def _slow_server_waits(server: Server) -> None:
    with pytest.raises(base.ChannelUnavailable):
        read(TikTokChannel(server.url, timeout=(2.0, 0.1)))


def test_a_read_that_times_out_is_not_repeated_behind_our_back() -> None:
    with answering(silent) as server:
        _slow_server_waits(server)
        assert len(server.seen) == 1
