"""KVM where it works, plain emulation elsewhere."""

from enum import Enum
from pathlib import Path
import subprocess
import tempfile


class Accelerator(Enum):
    """How QEMU runs the guest."""

    KVM = "kvm"
    TCG = "tcg"

    @property
    def words(self) -> list[str]:
        """Return QEMU's options for it."""
        match self:
            case Accelerator.KVM:
                return ["-accel", "kvm", "-cpu", "host"]
            case Accelerator.TCG:
                cpu = "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt"
                return ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", cpu]


# mov dx, 0x501; mov al, 0x10; out dx, al; hlt: QEMU ends with 0x10 * 2 + 1.
_ENDS_ITSELF = bytes.fromhex("ba0105b010eef4").ljust(510, b"\0") + b"\x55\xaa"


def accelerator() -> Accelerator:
    """Run a few instructions under KVM: /dev/kvm also exists where they never come to an end."""
    if not Path("/dev/kvm").exists():
        return Accelerator.TCG
    with tempfile.NamedTemporaryFile() as sector:
        sector.write(_ENDS_ITSELF)
        sector.flush()
        command = [
            "qemu-system-x86_64", *Accelerator.KVM.words, "-nodefaults", "-display", "none", "-m", "16",
            "-device", "isa-debug-exit,iobase=0x501,iosize=1", "-drive", f"file={sector.name},format=raw,if=ide",
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=10, check=False)
        except subprocess.TimeoutExpired:
            return Accelerator.TCG
    return Accelerator.KVM if done.returncode == 0x21 else Accelerator.TCG
