"""What all objects of the wire share."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from donna_core.domain.codec import instant_to_text

Instant = Annotated[
    datetime, PlainSerializer(instant_to_text, return_type=str, when_used="json-unless-none")
]


LocalTime = Annotated[str, Field(json_schema_extra={"format": "local-date-time"})]
"""A time on the clocks of a zone, such as ``2027-05-03T15:00:00``."""


class Wire(BaseModel):
    """One JSON object."""

    model_config = ConfigDict(extra="forbid", frozen=True)
