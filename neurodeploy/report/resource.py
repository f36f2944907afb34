"""`ResourceReport`: the fullest core for one of the chip's limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from neurodeploy.report.core import CoreReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceReport:
    """The fullest core for one of the chip's limits; `limit` None is none, or an unknown one."""

    limit_name: str
    core: int
    used: int
    limit: int | None

    @property
    def share(self) -> float | None:
        """The share of the limit that is used, where there is one."""
        return self.used / self.limit if self.limit else None


def resources_of(cores: Sequence[CoreReport]) -> tuple[ResourceReport, ...]:
    """Return the fullest core for every limit, ties to the lowest core."""
    found = []
    for name in cores[0].usage:
        fullest = max(cores, key=lambda core: core.usage[name].used)
        usage = fullest.usage[name]
        found.append(
            ResourceReport(limit_name=name, core=fullest.core, used=usage.used, limit=usage.limit)
        )
    return tuple(found)
