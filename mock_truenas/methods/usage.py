"""Who else uses a raw drive: iSCSI extents and virtual machines."""

from typing import Any

from ..drive import MockDrive
from ..query import apply
from ..world import World


def methods(world: World) -> dict[str, Any]:
    """Return the methods of these namespaces."""

    async def extents(filters: Any = (), options: Any = None) -> Any:
        using = [drive for drive in world.connected if drive.extent]
        with_dataset = {"dataset": None, "relative_path": None}
        rows = [
            {
                **(with_dataset if world.profile.scram else {}),
                "id": number,
                "name": f"extent{number}",
                "type": "DISK",
                "disk": drive.name,
                "serial": f"{number:015d}",
                "path": drive.identifier if world.profile.core else drive.name,
                "filesize": "0",
                "blocksize": 512,
                "pblocksize": False,
                "avail_threshold": None,
                "comment": "",
                "naa": f"0x6589cfc000000{number:019x}",
                "insecure_tpc": True,
                "xen": False,
                "rpm": "SSD",
                "ro": False,
                "enabled": True,
                "vendor": "TrueNAS",
                "product_id": "iSCSI Disk",
                "locked": False,
            }
            for number, drive in enumerate(using, 1)
        ]
        return apply(rows, filters, options)

    async def devices(filters: Any = (), options: Any = None) -> Any:
        using = [drive for drive in world.connected if drive.vm]
        rows = [_vm_device(world, *item) for item in enumerate(using, 1)]
        return apply(rows, filters, options)

    async def machines(filters: Any = (), options: Any = None) -> Any:
        # Instances of the other hypervisor, to which no drive can be given.
        return apply([], filters, options)

    return {
        "iscsi.extent.query": extents,
        "vm.device.query": devices,
        "virt.instance.query": machines,
    }


def _vm_device(world: World, number: int, drive: MockDrive) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "path": f"/dev/{drive.name}",
        "type": "AHCI",
        "logical_sectorsize": None,
        "physical_sectorsize": None,
        "iotype": "THREADS",
        "serial": f"VM{number:06d}",
    }
    row: dict[str, Any] = {"id": number, "vm": 1, "order": 1000 + number}
    if not world.profile.json_rpc:
        return {**row, "dtype": "DISK", "attributes": attributes}
    zvol = {"create_zvol": False, "zvol_name": None, "zvol_volsize": None}
    return {**row, "attributes": {"dtype": "DISK", **attributes, **zvol}}
