"""What a section of a configuration file is, and the kinds of values in it.

Numbers and flags are strict, because YAML reads a bare ``yes`` or ``off`` as a boolean and
Python takes one for a number.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict

Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
HourOfDay = Annotated[Whole, Field(ge=0, le=23)]
Hour = Annotated[Whole, Field(ge=0, le=24)]
Minute = Annotated[Whole, Field(ge=0, le=59)]
Weekday = Annotated[Whole, Field(ge=0, le=6)]
Priority = Annotated[Whole, Field(ge=1, le=5)]
Positive = Annotated[Whole, Field(ge=1)]
NotNegative = Annotated[Whole, Field(ge=0)]
Percent = Annotated[float, Strict(), Field(ge=0, le=100)]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Above = Annotated[float, Strict(), Field(gt=0)]
Dollars = Annotated[float, Strict(), Field(ge=0)]


class Section(BaseModel):
    """A part of a file; a key that is not declared is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
