"""Find targets by the entry points of installed distributions: core never imports one."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from neurodeploy.errors import TargetUnavailable
from neurodeploy.target.contract import Target

GROUP = "neurodeploy.targets"


def target_entries() -> dict[str, EntryPoint]:
    """Return the entry point of every installed target, by name."""
    return {entry.name: entry for entry in _entries()}


@cache
def _entries() -> tuple[EntryPoint, ...]:
    """Read every installed distribution, once: it takes as long as a hundred samples."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))


def load_target(name: str) -> Target:
    """Return the target called `name`, healthy or not.

    Raises
    ------
    TargetUnavailable
        If no distribution offers it (ND4001).
    """
    entries = target_entries()
    if name not in entries:
        known = ", ".join(entries) or "none"
        raise TargetUnavailable(
            "ND4001", f"target {name!r} is not installed; installed are: {known}"
        )
    target: Target = entries[name].load()
    return target


def find_target(name: str) -> Target:
    """Return the healthy target called `name`.

    Raises
    ------
    TargetUnavailable
        If no distribution offers it (ND4001), or it is not healthy (ND4002).
    """
    target = load_target(name)
    complaint = target.health()
    if complaint is not None:
        raise TargetUnavailable("ND4002", f"target {name!r}: {complaint}")
    return target


def healthy_targets() -> tuple[tuple[Target, ...], dict[str, str]]:
    """Return every installed target that is healthy, and what the others lack, by name."""
    found: list[Target] = []
    complaints = {}
    for name, entry in target_entries().items():
        target: Target = entry.load()
        complaint = target.health()
        if complaint is None:
            found.append(target)
        else:
            complaints[name] = complaint
    return tuple(found), complaints
