"""What tells one boot from the next."""

from __future__ import annotations

import shutil

import pytest

from custom_components.truenas_burnin.nas_agent.boot import boot_id

from .machine import Machine, Says

NUMBER = "0123456789abcdef0123456789abcdef"


def test_linux(machine: Machine) -> None:
    """Linux says so itself."""
    first = boot_id(machine.paths)
    assert first
    assert boot_id(machine.paths) == first
    machine.boot()
    assert boot_id(machine.paths) != first


def test_freebsd(machine: Machine) -> None:
    """FreeBSD 13.1 and later has a number too."""
    machine.tool("sysctl", Says(f"{NUMBER}\n", when="kern.boot_id"))
    assert boot_id(machine.freebsd) == NUMBER


@pytest.mark.parametrize(
    "says",
    [
        Says("sysctl: unknown oid 'kern.boot_id'\n", status=1),
        Says("1 2 3\n"),
    ],
)
def test_old_freebsd(machine: Machine, says: Says) -> None:
    """Elsewhere a mark in a folder that each boot empties stands for it."""
    machine.tool("sysctl", says)
    first = boot_id(machine.freebsd)
    assert first
    assert boot_id(machine.freebsd) == first
    shutil.rmtree(machine.paths.run)
    machine.paths.run.mkdir()
    assert boot_id(machine.freebsd) != first


def test_no_sysctl(machine: Machine) -> None:
    """Without the program there is the mark as well."""
    machine.tool("sysctl")
    machine.remove_tool("sysctl")
    first = boot_id(machine.freebsd)
    assert first
    assert boot_id(machine.freebsd) == first
