"""`neurodeploy targets`."""

from neurodeploy.cli import options, output


def targets(json: options.Json = False) -> None:
    """List what can run a deployment, whether it is healthy, and where it comes from.

    Reads the entry points of installed distributions, writes nothing.
    """
    from neurodeploy.target.registry import target_entries

    rows = []
    for name, entry in target_entries().items():
        target = entry.load()
        rows.append(
            {
                "name": name,
                "what": (type(target).__doc__ or "").split("\n")[0],
                "default_chip": target.default_chip,
                "health": target.health() or "ok",
                "distribution": entry.dist.name if entry.dist is not None else "unknown",
            }
        )
    if json:
        output.print_json(rows)
        return
    for row in rows:
        output.say(f"{row['name']}: {row['what']}")
        output.say(
            f"  health {row['health']}; default chip {row['default_chip']}; "
            f"from {row['distribution']}"
        )
    output.next_command("neurodeploy chips")
