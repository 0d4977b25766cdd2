"""The generations of TrueNAS that can be mocked, as data (truenas-api.md §0)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """One release and its ways."""

    name: str
    version: str
    product: str
    boot_pool: str
    core: bool

    def drive_name(self, index: int) -> str:
        """Return the name of the drive in a bay at boot."""
        if self.core:
            return f"ada{index}"
        letters = ""
        index += 1
        while index:
            index, digit = divmod(index - 1, 26)
            letters = chr(ord("a") + digit) + letters
        return f"sd{letters}"


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("core-13.0", "TrueNAS-13.0-U6.8", "CORE", "freenas-boot", core=True),
    )
}
