"""Rich's console for texts that came from elsewhere: what they say is shown, what they command is not done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from ..errors import plain


class Terminal(Console):
    """A Console to whose output the program alone adds colours. `width`: columns where it is not a terminal."""

    def __init__(self, width: int | None = None, **options: Any):
        super().__init__(highlight=False, emoji=False, **options)
        if width is not None and not self.is_terminal:
            self.width = width

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))
