"""A real Home Assistant as a process, onboarded and spoken to over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import os
from pathlib import Path
import sys
from typing import Any, Self

import aiohttp

from .nas import REPOSITORY, free_port
from .process import Process
from .wait import until

_CONFIGURATION = """\
homeassistant:
  name: Burn-in demo
  auth_providers:
    - type: trusted_networks
      trusted_networks: [127.0.0.1, "::1"]
      allow_bypass_login: true
    - type: homeassistant
frontend:
config:
history:
logbook:
system_health:
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.truenas_burnin: debug
"""
_START_SECONDS = 180.0

LOGIN = ("mia", "burn-in-demo")
"""Name and password of the one user."""


class Home:
    """A Home Assistant with one user, its folder kept over restarts."""

    def __init__(
        self, folder: Path, port: int | None = None, *, more: str = ""
    ) -> None:
        """Keep where it lives; `start` starts it. `more` is configuration to add."""
        self.folder = folder
        self.more = more
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Process | None = None
        self._token = ""
        self._session: aiohttp.ClientSession | None = None

    async def start(self, *, onboard: bool = True) -> Self:
        """Start it and wait until it runs; the first time a user is made.

        Without `onboard` the first time ends where it asks for a user.
        """
        self._prepare()
        env = {**os.environ, "SETUP_PORT": str(self.port)}
        hass = Path(sys.executable).with_name("hass")
        self.process = await Process.start(
            [str(hass), "-c", str(self.folder)],
            self.folder / "process.log",
            env,
            self.folder,
        )
        if self._session is None:
            self._session = aiohttp.ClientSession()
        await until(self._answers, _START_SECONDS, "Home Assistant to answer")
        if not self._token and onboard:
            self._token = await self._onboard()
        if self._token:
            await until(self._runs, _START_SECONDS, "Home Assistant to run")
        return self

    def logs(self) -> list[Path]:
        """Return everything it logged to."""
        return sorted(self.folder.glob("*.log*"))

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "configuration.yaml").write_text(_CONFIGURATION + self.more)
        (self.folder / "automations.yaml").touch()
        components = self.folder / "custom_components"
        if not components.exists():
            components.symlink_to(REPOSITORY / "custom_components")

    async def _answers(self) -> bool:
        if self.process is None or not self.process.running:
            tail = self.process.tail() if self.process else ""
            raise RuntimeError(f"Home Assistant did not start:\n{tail}")
        try:
            async with self._http.get(f"{self.url}/manifest.json") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    async def _runs(self) -> bool:
        config = await self.get("config")
        return bool(config["state"] == "RUNNING")

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the session, for what needs no token."""
        return self._http

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("not started")
        return self._session

    async def _onboard(self) -> str:
        client = self._client_id
        user = {
            "client_id": client,
            "name": "Mia",
            "username": LOGIN[0],
            "password": LOGIN[1],
            "language": "en",
        }
        code = (await self._post("api/onboarding/users", user))["auth_code"]
        self._token = (await self._exchange(code))["access_token"]
        for step in ("core_config", "analytics"):
            await self._post(f"api/onboarding/{step}", {})
        await self._post(
            "api/onboarding/integration", {"client_id": client, "redirect_uri": client}
        )
        return await self._long_lived()

    async def log_in(self) -> None:
        """Take over a Home Assistant whose one user was made in a browser."""
        self._token = (await self.tokens(*LOGIN))["access_token"]
        self._token = await self._long_lived()

    async def tokens(self, username: str, password: str) -> dict[str, Any]:
        """Return what a browser keeps once somebody has logged in."""
        begin = {
            "client_id": self._client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": self._client_id,
        }
        flow = await self._post("auth/login_flow", begin)
        answer = {
            "client_id": self._client_id,
            "username": username,
            "password": password,
        }
        done = await self._post(f"auth/login_flow/{flow['flow_id']}", answer)
        return await self._exchange(done["result"])

    @property
    def _client_id(self) -> str:
        return f"{self.url}/"

    async def _exchange(self, code: str) -> dict[str, Any]:
        """Return the tokens for a code of authorisation."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client_id,
        }
        async with self._http.post(f"{self.url}/auth/token", data=form) as response:
            response.raise_for_status()
            found: dict[str, Any] = await response.json()
        return found

    async def _long_lived(self) -> str:
        return str(
            await self.ws(
                {
                    "type": "auth/long_lived_access_token",
                    "client_name": "demo",
                    "lifespan": 30,
                }
            )
        )

    @property
    def token(self) -> str:
        """Return the access token of the one user."""
        return self._token

    async def get(self, path: str) -> Any:
        """Return the answer to a GET under `/api/`."""
        async with self._http.get(
            f"{self.url}/api/{path}", headers=self._headers
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the answer to a POST under `/api/`."""
        return await self._post(f"api/{path}", body)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        async with self._http.post(
            f"{self.url}/{path}", json=body, headers=self._headers
        ) as response:
            if response.status >= 400:
                text = await response.text()
                raise RuntimeError(f"{path}: {response.status} {text}")
            return await response.json()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def action(self, name: str, **data: Any) -> Any:
        """Call an action of ours and return its response."""
        reply = await self.post(f"services/truenas_burnin/{name}?return_response", data)
        return reply["service_response"]

    async def add_nas(self, url: str, key: str) -> Any:
        """Go through the config flow as the frontend does; return its last step."""
        flow = await self.post(
            "config/config_entries/flow", {"handler": "truenas_burnin"}
        )
        path = f"config/config_entries/flow/{flow['flow_id']}"
        result = await self.post(path, {"url": url, "api_key": key})
        if result.get("step_id") == "certificate":
            result = await self.post(path, {"trust": True})
        return result

    async def ws(self, command: Mapping[str, Any]) -> Any:
        """Return the result of one websocket command."""
        async with self._socket() as socket:
            await socket.send_json({"id": 1, **command})
            reply = await socket.receive_json()
            if not reply["success"]:
                raise RuntimeError(str(reply["error"]))
            return reply["result"]

    async def changes(self) -> AsyncIterator[dict[str, Any]]:
        """Yield every state that changes, as Home Assistant tells it."""
        async with self._socket() as socket:
            await socket.send_json(
                {"id": 1, "type": "subscribe_events", "event_type": "state_changed"}
            )
            await socket.receive_json()
            while True:
                message = await socket.receive_json()
                yield message["event"]["data"]

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self._http.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            answer = await socket.receive_json()
            if answer["type"] != "auth_ok":
                raise RuntimeError(str(answer))
            yield socket

    async def drives(self) -> dict[str, str]:
        """Return the device ids of our drives by serial number."""
        devices = await self.ws({"type": "config/device_registry/list"})
        return {
            device["serial_number"]: device["id"]
            for device in devices
            if device.get("serial_number")
            and any(domain == "truenas_burnin" for domain, _ in device["identifiers"])
        }

    async def entities(self) -> dict[str, tuple[str, str]]:
        """Return device id and kind (translation key) of our entities, by entity id."""
        entries = await self.ws({"type": "config/entity_registry/list"})
        return {
            entry["entity_id"]: (entry["device_id"], entry["translation_key"])
            for entry in entries
            if entry["platform"] == "truenas_burnin"
        }

    async def stop(self) -> None:
        """Stop it in good order."""
        if self.process is not None:
            await self.process.stop()

    async def kill(self) -> None:
        """Kill it as a power cut would."""
        if self.process is not None:
            await self.process.kill()

    async def close(self) -> None:
        """Stop it and let go of the connection."""
        await self.stop()
        if self._session is not None:
            await self._session.close()
            self._session = None
