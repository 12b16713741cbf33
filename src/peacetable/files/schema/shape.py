"""What every mapping with known keys has in common, and how a key is described."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator


def key(default: Any = ..., *, says: str, example: str, unit: str = "", **bounds: Any) -> Any:
    """A field with what the reference says of it; `example` is YAML for the value."""
    bounds["default_factory" if callable(default) else "default"] = default
    return Field(description=says, examples=[example], json_schema_extra={"unit": unit} if unit else None, **bounds)


class Shape(BaseModel):
    """A mapping with known keys. `short`: the key that a bare value in its place stands for ("" = none)."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    short_form: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, data: Any) -> Any:
        bare = cls.short_form and data is not None and not isinstance(data, dict | list)
        return {cls.short_form: data} if bare else data


def complete(shape: BaseModel) -> dict:
    """Everything that holds, defaults filled in."""
    return shape.model_dump(exclude_none=True)


def written(shape: BaseModel) -> dict:
    """What was written, without the defaults, so that a new field with a default changes nothing of it."""
    return shape.model_dump(exclude_none=True, exclude_unset=True)
