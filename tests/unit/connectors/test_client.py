"""The partner's client: what it raises is named, whatever comes back, and it never tries for ever."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.client import (
    Answer,
    ClientKey,
    HubClient,
    HubClientError,
    RefusedError,
    UnclearAnswerError,
    WebhookRefusedError,
    signature,
    verified,
)

PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
TOKEN = Answer(200, b'{"access_token": "t", "expires_in": 300}')
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def client(answer: Answer, token: Answer = TOKEN, waited: list[float] | None = None) -> HubClient:
    def line(_method: str, url: str, *_: object) -> Answer:
        return token if url.endswith("/oauth2/token") else answer

    waited = waited if waited is not None else []
    return HubClient("https://h", ClientKey("c", "k", PEM), transport=line, clock=lambda: NOW, sleep=waited.append)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_message_that_was_taken_is_never_told_as_refused(status: int) -> None:
    assert client(Answer(status, b'{"receipt": "1"}')).submit("/v1/notices", b"{}", key="k") == {"receipt": "1"}


def test_an_answer_without_a_body_is_one() -> None:
    assert client(Answer(204, b"")).post("/v1/answers", {}) == {}
    with pytest.raises(UnclearAnswerError):  # but no receipt
        client(Answer(204, b"")).submit("/v1/notices", b"{}", key="k")


@pytest.mark.parametrize("body", [b"<html>gateway</html>", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_answer_of_a_hub_is_called_unclear(body: bytes) -> None:
    page = Answer(200, body)
    for ask in (lambda c: c.submit("/v1/notices", b"{}", key="k"), lambda c: c.receipt("1"), lambda c: c.receipts()):
        for asked in (client(page), client(TOKEN, token=page)):
            with pytest.raises(UnclearAnswerError, match="status 200") as raised:
                ask(asked)
            assert "gateway" not in str(raised.value)


@pytest.mark.parametrize("said", [b"{}", b'{"access_token": 1, "expires_in": 3}', b'{"access_token": "t"}'])
def test_a_token_that_is_none_is_called_unclear(said: bytes) -> None:
    with pytest.raises(UnclearAnswerError):
        client(Answer(200, b"{}"), token=Answer(200, said)).get("/v1/receipts")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_hub_in_trouble_is_asked_six_times_and_no_more(status: int) -> None:
    waited: list[float] = []
    with pytest.raises(RefusedError) as raised:
        client(Answer(status, b"<html>"), waited=waited).submit("/v1/notices", b"{}", key="k")
    assert (raised.value.status, raised.value.problem, len(waited)) == (status, {}, 5)
    with pytest.raises(HubClientError):
        client(Answer(200, b"{}"), token=Answer(status, b""), waited=waited).submit("/v1/notices", b"{}", key="k")
    assert len(waited) == 10


@pytest.mark.parametrize("body", [b"zz", b"", b"[1]", b"\xff"])
def test_a_signed_call_that_holds_no_event_is_refused(body: bytes) -> None:
    stamp = str(int(NOW.timestamp()))
    signed = signature(SECRET, "m", stamp, body)
    headers = {"Webhook-Id": "m", "Webhook-Timestamp": stamp, "Webhook-Signature": signed}
    with pytest.raises(WebhookRefusedError, match="body"):
        verified(headers, body, SECRET, NOW)
    with pytest.raises(WebhookRefusedError, match="signature"):
        verified(headers | {"Webhook-Signature": "v1,\udcff"}, body, SECRET, NOW)
