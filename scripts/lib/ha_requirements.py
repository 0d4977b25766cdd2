"""Print what the installed Home Assistant would fetch at run time for some integrations.

With it installed beforehand, Home Assistant starts fast and needs no network.
"""

from importlib import import_module
import json
from pathlib import Path
import sys

import homeassistant
from homeassistant.const import Platform

COMPONENTS = Path(homeassistant.__file__).parent / "components"


def requirements(domains: list[str]) -> set[str]:
    """Return the requirements of the domains and of all they can pull in."""
    found: set[str] = set(
        import_module("homeassistant.auth.mfa_modules.totp").REQUIREMENTS
    )
    todo, done = [*domains, *Platform], set[str]()
    while todo:
        domain = todo.pop()
        if domain in done:
            continue
        done.add(domain)
        manifest = json.loads((COMPONENTS / domain / "manifest.json").read_text())
        found.update(manifest.get("requirements", []))
        todo += manifest.get("dependencies", [])
        todo += manifest.get("after_dependencies", [])
    return found


print("\n".join(sorted(requirements(sys.argv[1:]), key=str.lower)))
