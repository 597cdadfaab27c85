"""What a model read in a sentence, in the fields and the local times that fixtures name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

_INSTANTS = {"deadline": "deadline", "start": "scheduled_start"}
_SHAPE = "%Y-%m-%dT%H:%M"


def local_fields(output: Mapping[str, Any], *, zone: ZoneInfo) -> dict[str, Any]:
    """Return the fields of a reading, instants as local minutes of ``zone``, lengths in minutes.

    The length is ``None`` where the sentence did not say it; single tasks are read the same way.
    """
    fields = dict(output)
    for name, told in _INSTANTS.items():
        instant = output.get(name)
        fields[told] = instant and datetime.fromisoformat(instant).astimezone(zone).strftime(_SHAPE)
    stated = output.get("duration_stated")
    fields["duration_minutes"] = round(output["duration"] / 60) if stated else None
    fields["time_intent"] = output["time_intent"]["kind"]
    fields["tasks"] = [local_fields(task, zone=zone) for task in output.get("tasks", ())]
    return fields
