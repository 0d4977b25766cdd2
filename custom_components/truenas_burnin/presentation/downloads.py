"""Downloads: certificates and the history, for admins who are logged in.

A browser cannot send a token with a link: the panel has the path signed first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
import logging
import re
from typing import Final, override

from aiohttp import hdrs, web
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util

from ..burnin.model import BurnIn, BurnInState
from ..const import DOMAIN
from ..reports.certificate import POLICY, Paper, certificate_html, certificate_pdf
from ..reports.csv_export import history_csv
from ..reports.phrases import Phrases
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import live_burn_ins, nas_id_of, nas_titles
from .certificate_data import certificate_csv, certificate_json
from .papers import UnknownBurnIn, async_papers
from .words import async_phrases, common_texts

_LOGGER = logging.getLogger(__name__)

_MOST: Final = 200
"""Certificates in one file: each takes some pages, and half a second as PDF."""

_PAGE: Final = 500
"""Burn-ins read at once: whoever starts one must not wait for the whole history."""

_BOM: Final = "utf-8-sig"
"""What tells a spreadsheet that a table is not in the letters of Windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A form that certificates come in; `make` blocks."""

    content_type: str
    make: Callable[[Sequence[Paper], Phrases], bytes]
    inline: bool = False


_FORMS: Final = {
    "csv": _Form(
        content_type="text/csv",
        make=lambda papers, phrases: certificate_csv(papers, phrases).encode(_BOM),
    ),
    "html": _Form(
        content_type="text/html",
        make=lambda papers, phrases: certificate_html(papers, phrases).encode(),
        inline=True,
    ),
    "json": _Form(
        content_type="application/json",
        make=lambda papers, phrases: certificate_json(
            papers, phrases.texts.get
        ).encode(),
    ),
    "pdf": _Form(
        content_type="application/pdf",
        make=lambda papers, phrases: certificate_pdf(papers, phrases, dt_util.utcnow()),
    ),
}
_FORM: Final = "{form:" + "|".join(_FORMS) + "}"


class _Download(HomeAssistantView):
    """A file that only admins get."""

    requires_auth = True

    async def get(self, request: web.Request, **parts: str) -> web.Response:
        """Return the file, or why there is none."""
        if not request[KEY_HASS_USER].is_admin:
            raise web.HTTPForbidden
        try:
            return await self._file(request.app[KEY_HASS], request, **parts)
        except (UnknownBurnIn, ServiceValidationError) as err:
            raise web.HTTPNotFound from err
        except HomeAssistantError as err:
            _LOGGER.warning("Download failed: %s", err)
            raise web.HTTPServiceUnavailable(text=str(err)) from err

    async def _file(
        self, hass: HomeAssistant, request: web.Request, **parts: str
    ) -> web.Response:
        raise NotImplementedError


class CertificateView(_Download):
    """The certificate of one burn-in."""

    url = f"/api/{DOMAIN}/certificate/{{burn_in_id}}.{_FORM}"
    name = f"api:{DOMAIN}:certificate"

    @override
    async def _file(
        self, hass: HomeAssistant, request: web.Request, **parts: str
    ) -> web.Response:
        papers = await async_papers(hass, [parts["burn_in_id"]])
        burn_in = papers[0].burn_in
        day = _day(burn_in.finished or dt_util.utcnow())
        stem = f"burn-in-{burn_in.drive.serial}-{day}"
        return await _certificates(hass, papers, parts["form"], stem)


class CertificatesView(_Download):
    """The certificates of a batch, in one file."""

    url = f"/api/{DOMAIN}/certificates.{_FORM}"
    name = f"api:{DOMAIN}:certificates"

    @override
    async def _file(
        self, hass: HomeAssistant, request: web.Request, **parts: str
    ) -> web.Response:
        ids = [part for part in request.query.get("ids", "").split(",") if part]
        if not 0 < len(ids) <= _MOST:
            raise web.HTTPBadRequest(text=f"ids: 1 to {_MOST}")
        papers = await async_papers(hass, dict.fromkeys(ids))
        return await _certificates(
            hass, papers, parts["form"], f"burn-ins-{_day(dt_util.utcnow())}"
        )


class HistoryView(_Download):
    """All burn-ins of one NAS or of all, as a table."""

    url = f"/api/{DOMAIN}/history.csv"
    name = f"api:{DOMAIN}:history"

    @override
    async def _file(
        self, hass: HomeAssistant, request: web.Request, **parts: str
    ) -> web.Response:
        state = request.query.get("state")
        if state is not None and state not in BurnInState:
            raise web.HTTPBadRequest(text=f"state: {', '.join(BurnInState)}")
        burn_ins = await async_history(
            hass, request.query.get("entry_id"), state, request.query.get("search")
        )
        table = await hass.async_add_executor_job(
            history_csv, burn_ins, nas_titles(hass), common_texts(hass)
        )
        return _response(table.encode(_BOM), "text/csv", "burn-in-history.csv")


def _day(when: datetime) -> str:
    """Return a local day, as file names sort."""
    return dt_util.as_local(when).date().isoformat()


async def _certificates(
    hass: HomeAssistant, papers: Sequence[Paper], name: str, stem: str
) -> web.Response:
    form = _FORMS[name]
    phrases = await async_phrases(hass)
    body = await hass.async_add_executor_job(form.make, papers, phrases)
    return _response(body, form.content_type, f"{stem}.{name}", inline=form.inline)


async def async_history(
    hass: HomeAssistant,
    entry_id: str | None,
    state: str | None = None,
    search: str | None = None,
) -> list[BurnIn]:
    """Return burn-ins, newest first; one that is queued meanwhile shifts the pages."""
    nas_id = nas_id_of(hass, entry_id)
    found: dict[str, BurnIn] = {}
    offset = 0
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        while True:
            page = await ledger.history_page(
                nas_id, limit=_PAGE, offset=offset, state=state, search=search
            )
            found |= {burn_in.id: burn_in for burn_in in page.rows}
            offset += _PAGE
            if offset >= page.total:
                break
    live = live_burn_ins(hass)
    return [live.get(burn_in_id, kept) for burn_in_id, kept in found.items()]


@callback
def _response(
    body: bytes, content_type: str, name: str, *, inline: bool = False
) -> web.Response:
    """Return a file under a name that no drive can break out of."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    kind = "inline" if inline else "attachment"
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8" if content_type.startswith("text/") else None,
        headers={
            hdrs.CACHE_CONTROL: "no-store",
            hdrs.CONTENT_DISPOSITION: f'{kind}; filename="{safe}"',
            "Content-Security-Policy": f"{POLICY}; frame-ancestors 'self'",
            "X-Content-Type-Options": "nosniff",
        },
    )


@callback
def async_setup_views(hass: HomeAssistant) -> None:
    """Register the downloads, once for all NAS."""
    for view in (CertificateView, CertificatesView, HistoryView):
        hass.http.register_view(view)
