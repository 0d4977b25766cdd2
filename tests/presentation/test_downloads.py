"""Downloads: who gets what, in which form and under which name."""

import csv
from dataclasses import replace
from datetime import timedelta
from html import unescape
import io
import json
import re
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
from homeassistant.util import dt as dt_util
from pypdf import PdfReader
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.presentation import downloads

from ..common import FREE, OTHER, REMOTE, Board

pytest_plugins = ["tests.components_fixtures"]

API = f"/api/{DOMAIN}"


def today() -> str:
    """Return the day that is in names of files."""
    return dt_util.as_local(dt_util.utcnow()).date().isoformat()


async def passed(board: Board) -> str:
    """Return the id of a burn-in that has passed."""
    (burn_in_id,) = await board.start(FREE)
    await board.tick(9)
    assert board.burn_in().state == "passed"
    return burn_in_id


async def test_a_page_without_its_headers(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """Printed in a frame of the panel, or kept: what it may load, it says itself."""
    burn_in_id = await passed(board)
    client = await hass_client()
    response = await client.get(f"{API}/certificate/{burn_in_id}.html")
    policy = response.headers["Content-Security-Policy"]
    head, _, _ = (await response.text()).partition("<style>")
    (found,) = re.findall(
        r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', head
    )
    assert f"{unescape(found)}; frame-ancestors 'self'" == policy


@pytest.mark.parametrize(
    ("form", "content_type", "kind"),
    [
        ("pdf", "application/pdf", "attachment"),
        ("html", "text/html", "inline"),
        ("json", "application/json", "attachment"),
        ("csv", "text/csv", "attachment"),
    ],
)
async def test_a_certificate(
    board: Board,
    hass_client: ClientSessionGenerator,
    form: str,
    content_type: str,
    kind: str,
) -> None:
    """In every form, with all that is known of the burn-in."""
    burn_in_id = await passed(board)
    (newest,) = await board.data.ledger.audit(limit=1, offset=0, burn_in_id=burn_in_id)
    client = await hass_client()
    response = await client.get(f"{API}/certificate/{burn_in_id}.{form}")
    assert response.status == 200
    assert response.content_type == content_type
    assert response.headers["Content-Disposition"] == (
        f'{kind}; filename="burn-in-SER001-{today()}.{form}"'
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    body = await response.read()
    text = (
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
        if form == "pdf"
        else body.decode("utf-8-sig")
    )
    for wanted in (FREE.serial, burn_in_id, newest.hash):
        assert wanted in text


async def test_the_record_leads_to_the_panel(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """Once Home Assistant knows how it is reached; before that there is none."""
    burn_in_id = await passed(board)
    client = await hass_client()

    async def url() -> str | None:
        response = await client.get(f"{API}/certificate/{burn_in_id}.json")
        (record,) = (await response.json())["certificates"]
        found: str | None = record["url"]
        return found

    with patch(
        "custom_components.truenas_burnin.presentation.papers.get_url"
    ) as get_url:
        get_url.side_effect = NoURLAvailableError
        assert await url() is None
    await board.hass.config.async_update(external_url="https://ha.example")
    assert await url() == f"https://ha.example/drive-burn-in/burn-in/{burn_in_id}"


async def test_a_batch(board: Board, hass_client: ClientSessionGenerator) -> None:
    """In one file, each once, in the order asked for."""
    ids = await board.start(FREE, OTHER)
    await board.tick(12)
    client = await hass_client()
    asked = f"{ids[1]},{ids[0]},{ids[1]}"
    response = await client.get(f"{API}/certificates.json?ids={asked}")
    found = [item["id"] for item in (await response.json())["certificates"]]
    assert found == [ids[1], ids[0]]
    response = await client.get(f"{API}/certificates.pdf?ids={asked}")
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="burn-ins-{today()}.pdf"'
    )
    assert len(PdfReader(io.BytesIO(await response.read())).pages) >= 2


async def test_a_batch_refused(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """None, too many, or one that nobody knows."""
    burn_in_id = await passed(board)
    client = await hass_client()
    for query, status in (
        ("", 400),
        ("?ids=", 400),
        ("?ids=,,", 400),
        ("?ids=" + "x," * 201, 400),
        (f"?ids={burn_in_id},x", 404),
    ):
        response = await client.get(f"{API}/certificates.pdf{query}")
        assert response.status == status, query


@pytest.mark.parametrize(
    "path",
    [
        "certificate/x.pdf",
        "certificate/x.exe",
        "certificate/x",
        "certificate/.pdf",
        "certificates.exe?ids=x",
        "history.csv?entry_id=x",
        "history.txt",
    ],
)
async def test_what_there_is_not(
    board: Board, hass_client: ClientSessionGenerator, path: str
) -> None:
    """It is looked up, never joined to a path."""
    response = await (await hass_client()).get(f"{API}/{path}")
    assert response.status == 404


@pytest.mark.parametrize("name", ["..%2F..%2Fsecrets.yaml", "..%2Fx.pdf"])
async def test_a_path_that_wants_out(
    board: Board, hass_client: ClientSessionGenerator, name: str
) -> None:
    """Home Assistant itself refuses to look at it."""
    response = await (await hass_client()).get(f"{API}/certificate/{name}")
    assert response.status == 400


async def test_a_name_that_wants_out(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """A serial cannot break the header or the name of the file.

    The gate lets no such drive in now, but older records may have one.
    """
    await passed(board)
    kept = board.burn_in()
    drive = replace(kept.drive, serial='..\\x"; é/\r\ny.exe')
    await board.data.ledger.keep(replace(kept, id="0" * 32, drive=drive))
    response = await (await hass_client()).get(f"{API}/certificate/{'0' * 32}.json")
    assert response.status == 200
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="burn-in-.._x_y.exe-{today()}.json"'
    )


async def history(client: Any, query: str = "") -> list[dict[str, str]]:
    """Return the rows of the history."""
    response = await client.get(f"{API}/history.csv{query}")
    assert response.status == 200
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="burn-in-history.csv"'
    )
    text = (await response.read()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_history(
    board: Board, second: Board, hass_client: ClientSessionGenerator
) -> None:
    """Of all, of one NAS, of one state, of part of a name; newest first."""
    await passed(board)
    second.nas.still = True
    await second.start(REMOTE)
    client = await hass_client()
    newest, oldest = await history(client)
    assert (newest["serial"], newest["nas"], newest["state"]) == (
        REMOTE.serial,
        "nas2",
        "running",
    )
    assert (oldest["serial"], oldest["state"], oldest["verified"]) == (
        FREE.serial,
        "passed",
        "yes",
    )
    for query, serial in (
        (f"?entry_id={board.entry.entry_id}", FREE.serial),
        ("?state=running", REMOTE.serial),
        (f"?search={FREE.serial}", FREE.serial),
    ):
        assert [row["serial"] for row in await history(client, query)] == [serial]
    assert (await client.get(f"{API}/history.csv?state=tired")).status == 400


async def test_a_long_history(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """All pages of it."""
    board.nas.still = True
    for _ in range(2):
        await board.start(FREE, OTHER)
        await board.action("cancel_all_burn_ins")
    with patch.object(downloads, "_PAGE", 2):
        assert len(await history(await hass_client())) == 4


@pytest.mark.parametrize(
    "path", ["certificate/{id}.pdf", "certificates.pdf?ids={id}", "history.csv"]
)
async def test_who_gets_it(
    board: Board,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: Any,
    path: str,
) -> None:
    """An admin, also by a signed path, and nobody else."""
    path = f"{API}/{path.format(id=await passed(board))}"
    client = await hass_client()
    stranger = await hass_client_no_auth()
    assert (await stranger.get(path)).status == 401
    (token,) = hass_admin_user.refresh_tokens.values()
    signed = async_sign_path(
        hass, path, timedelta(minutes=1), refresh_token_id=token.id
    )
    assert (await stranger.get(signed)).status == 200
    assert (await stranger.get(signed.replace("pdf", "json"))).status in (200, 401)
    hass_admin_user.groups = []
    for who, address in ((client, path), (stranger, signed)):
        assert (await who.get(address)).status == 403


async def test_a_signature_is_for_one_path(
    board: Board,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: Any,
) -> None:
    """Neither for other ids nor for other forms."""
    burn_in_id = await passed(board)
    await hass_client()
    stranger: TestClient[Any, Any] = await hass_client_no_auth()
    (token,) = hass_admin_user.refresh_tokens.values()
    path = f"{API}/certificates.json?ids={burn_in_id}"
    signed = async_sign_path(
        hass, path, timedelta(minutes=1), refresh_token_id=token.id
    )
    assert (await stranger.get(signed)).status == 200
    assert (await stranger.get(signed.replace("s.json", "s.csv"))).status == 401
    assert (await stranger.get(signed.replace(burn_in_id, "x"))).status == 401


async def test_a_ledger_that_cannot_be_read(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """It is said in words, and the next try may work."""
    burn_in_id = await passed(board)
    client = await hass_client()
    path = f"{API}/certificate/{burn_in_id}.json"
    broken = LedgerError("disk I/O error")
    with patch.object(SqliteLedger, "get", side_effect=broken):
        response = await client.get(path)
    assert response.status == 503
    assert "disk I/O error" in await response.text()
    response = await client.get(path)
    assert json.loads(await response.read())["v"] == 2


async def test_a_burn_in_without_audit(
    board: Board, hass_client: ClientSessionGenerator
) -> None:
    """There is no hash to print."""
    burn_in_id = await passed(board)
    with patch.object(SqliteLedger, "audit", return_value=()):
        response = await (await hass_client()).get(
            f"{API}/certificate/{burn_in_id}.json"
        )
    (record,) = (await response.json())["certificates"]
    assert record["audit_hash"] is None
