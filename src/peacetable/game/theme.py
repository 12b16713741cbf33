"""Colours, letter sizes and measures of all screens, in one place. Measures are in pixels at 100 % scale."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import pygame

from ..errors import plain
from ..resources import asset

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Surfaces first, then what is written or drawn on them. Blue and gold carry meaning; red and green never alone."""

    background: Colour
    panel: Colour
    raised: Colour
    raised_hover: Colour
    row: Colour
    well: Colour
    tint: Colour
    border: Colour
    edge: Colour
    scrim: Colour
    accent: Colour
    accent_hover: Colour
    danger: Colour
    danger_hover: Colour
    on_accent: Colour
    text: Colour
    muted: Colour
    gold: Colour
    good: Colour
    bad: Colour
    link: Colour
    track: Colour
    bar: Colour
    bar_below: Colour
    hatch: Colour


CLASSIC = Palette(
    background=(17, 21, 29),
    panel=(28, 33, 44),
    raised=(45, 52, 68),
    raised_hover=(57, 66, 86),
    row=(23, 27, 36),
    well=(20, 24, 32),
    tint=(37, 42, 50),
    border=(55, 63, 80),
    edge=(96, 107, 130),
    scrim=(6, 8, 12),
    accent=(36, 103, 191),
    accent_hover=(48, 112, 198),
    danger=(158, 50, 45),
    danger_hover=(176, 60, 54),
    on_accent=(255, 255, 255),
    text=(240, 243, 248),
    muted=(171, 181, 199),
    gold=(255, 184, 77),
    good=(126, 214, 143),
    bad=(255, 150, 138),
    link=(130, 184, 255),
    track=(13, 16, 22),
    bar=(64, 136, 224),
    bar_below=(199, 84, 76),
    hatch=(84, 48, 50),
)
# blue for good, orange red for bad: told apart with every common colour vision (a test computes it)
DARK = replace(CLASSIC, good=(110, 205, 255), bad=(255, 144, 124), gold=(255, 214, 90), bar_below=(214, 92, 44))
_STARK = {
    "background": (0, 0, 0),
    "panel": (0, 0, 0),
    "raised": (30, 30, 36),
    "raised_hover": (40, 40, 50),
    "row": (18, 18, 22),
    "well": (0, 0, 0),
    "tint": (34, 34, 24),
    "border": (150, 156, 168),
    "edge": (220, 224, 232),
    "accent": (0, 72, 160),
    "accent_hover": (10, 86, 178),
    "danger": (136, 20, 20),
    "danger_hover": (156, 30, 30),
    "text": (255, 255, 255),
    "muted": (222, 226, 234),
    "link": (150, 205, 255),
    "track": (0, 0, 0),
    "bar": (90, 165, 255),
}
PALETTES: dict[tuple[str, bool], Palette] = {
    ("safe", False): DARK,
    ("classic", False): CLASSIC,
    ("safe", True): replace(
        DARK, **_STARK, good=(120, 225, 255), bad=(255, 160, 140), gold=(255, 225, 80), bar_below=(255, 120, 60)
    ),
    ("classic", True): replace(
        CLASSIC, **_STARK, good=(140, 240, 160), bad=(255, 170, 160), gold=(255, 205, 90), bar_below=(255, 110, 100)
    ),
}

SURFACES = ("background", "panel", "row", "well", "raised", "raised_hover", "tint")
INKS = ("text", "muted", "gold", "good", "bad", "link")
FILLS = ("accent", "accent_hover", "danger", "danger_hover")


def text_pairs(palette: Palette) -> list[tuple[str, str]]:
    """(ink, surface) names of every combination that a screen may use for text."""
    pairs = [(ink, surface) for ink in INKS for surface in SURFACES]
    return pairs + [("on_accent", fill) for fill in FILLS] + [("background", "gold")]


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    bright, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with this share, 0 to 1, of `b` in it."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def fitted(size: tuple[int, int], scale: float, issues: int = 0) -> float:
    """The scale at which a window of `size` pixels shows everything, for the person's `scale` and so many issues."""
    roomy = CROWDED if issues > MANY else ROOMY
    grown = max(1.0, min(size[0] / roomy[0], size[1] / roomy[1]))
    return max(0.4, min(scale * grown, size[0] / MINIMUM[0], size[1] / MINIMUM[1]))


def _luminance(colour: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# name: (size, bold)
STYLES = {
    "title": (25, True),
    "heading": (18, True),
    "strong": (15, True),
    "body": (15, False),
    "small": (13, False),
    "small_strong": (13, True),
    "tiny": (12, False),
    "tiny_strong": (12, True),
}
LARGER = {"title": 1, "heading": 1, "strong": 2, "body": 2, "small": 2, "small_strong": 2, "tiny": 2, "tiny_strong": 2}
RADIUS = 7
BUTTON = 40
MINIMUM = (640, 360)  # smaller windows get smaller letters instead of a broken layout
ROOMY = (1600, 900)  # in larger windows everything grows with the window
CROWDED = (1920, 1080)  # the same where many issues need the room
MANY = 8  # issues
SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)
ALONE = 0.12  # of a line: a shorter last word gets company
WIDE = 360  # of a column in which lines are not filled to the last pixel
_PICTURES = 1500  # of lines of text that are kept, the ones used last
_KEEP = 12_000  # widths and wrapped texts


class Theme:
    """A palette at a scale, with its letters. `px` turns a measure into pixels; texts are rendered once and kept.
    `large`: letters a little larger in the same boxes."""

    def __init__(self, palette: Palette = DARK, scale: float = 1.0, large: bool = False):
        self.palette = palette
        self.scale = scale
        self.large = large
        self._images: dict[tuple, pygame.Surface] = {}
        self._widths: dict[tuple[str, str], int] = {}
        self._wraps: dict[tuple, tuple[str, ...]] = {}
        self._elided: dict[tuple[str, str, int], str] = {}
        self._fonts: dict[str, pygame.font.Font] = {}
        self._lines: dict[str, int] = {}
        self._letters: dict[str, dict[str, int]] = {}

    @property
    def measures(self) -> tuple[float, bool]:
        """What every size and place in a layout depends on."""
        return self.scale, self.large

    def px(self, measure: float) -> int:
        return round(measure * self.scale)

    def colour(self, name: str) -> Colour:
        return getattr(self.palette, name)

    def font(self, style: str) -> pygame.font.Font:
        found = self._fonts.get(style)
        if found is None:
            size, bold = STYLES[style]
            size += LARGER[style] if self.large else 0
            found = self._fonts[style] = _font(self.px(size), bold)
        return found

    def line(self, style: str) -> int:
        """Height of one line of text."""
        found = self._lines.get(style)
        if found is None:
            found = self._lines[style] = self.font(style).get_linesize()
        return found

    def width(self, text: str, style: str) -> int:
        key = (text, style)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > _KEEP:
                self._widths.clear()
            found = self._widths[key] = self.font(style).size(plain(text))[0]
        return found

    def wrap(self, text: str, style: str, width: int) -> tuple[str, ...]:
        """The lines of `text`, none wider than `width`; a word that is too long is broken."""
        key = (text, style, width)
        if key not in self._wraps:
            if len(self._wraps) > _KEEP:
                self._wraps.clear()
            self._wraps[key] = tuple(line for part in text.split("\n") for line in self._tidy(part, style, width))
        return self._wraps[key]

    def _tidy(self, text: str, style: str, width: int) -> list[str]:
        """Wrapped a little narrower where a short word would stand alone in the last of as many lines."""
        lines = self._wrap(text, style, width)
        if len(lines) > 1 and " " not in lines[-1] and self.width(lines[-1], style) < width * ALONE:
            narrower = self._wrap(text, style, round(width * (1 - ALONE)))
            return narrower if len(narrower) == len(lines) else lines
        return lines

    def _wrap(self, text: str, style: str, width: int) -> list[str]:
        """Words are measured letter by letter, which can be remembered; only whole lines are measured again."""
        lines: list[str] = []
        line, long = "", 0
        # a line is a little wider than its words one by one, so near the edge the whole line is measured
        sure = width - max(self.px(6), width // 40)
        words = [(word, self._about(word, style)) for word in _pieces(text)]
        rest = sum(wide for _, wide in words)
        for word, wide in words:
            # in a wide column a line that is not the last may end that little early: measuring is what takes time
            close = width < self.px(WIDE) or long + rest <= width + width // 10
            rest -= wide
            if long + wide <= sure or (close and self._fits(line + word, style, width, long + wide)):
                line, long = line + word, long + wide
                continue
            if line.strip():
                lines += [line.rstrip()] if long <= sure else self._narrow(line.rstrip(), style, width)
            line, long = word, wide
            while long > width and len(line) > 1 and self.width(line.rstrip(), style) > width:
                most = bisect_right(range(len(line)), width + width // 10, key=lambda n: self._about(line[:n], style))
                cut = next((n for n in range(most - 1, 1, -1) if self.width(line[:n], style) <= width), 1)
                cut = line.rfind(" ", 1, cut) + 1 or cut
                lines += self._narrow(line[:cut].rstrip(), style, width)
                line = line[cut:]
                long = self.width(line, style)
        return lines + ([line.rstrip()] if long <= sure else self._narrow(line.rstrip(), style, width))

    def _about(self, word: str, style: str) -> int:
        """Width of a word as the sum of its letters; both are remembered."""
        known = self._letters.setdefault(style, {})
        if word not in known:
            if len(known) > _KEEP:
                known.clear()
            for letter in word:
                if letter not in known:
                    known[letter] = self.font(style).size(plain(letter))[0]
            known[word] = sum(known[letter] for letter in word)
        return known[word]

    def _fits(self, text: str, style: str, width: int, about: int) -> bool:
        """Whether a line about as wide as `about` fits after all: a space at its end does not count."""
        near = width + width // 12 + self.width(" ", style) + self.px(2)  # letters side by side take less room
        return about <= near and self.width(text.rstrip(), style) <= width

    def _narrow(self, line: str, style: str, width: int) -> list[str]:
        """A line as it is, or parted where letters side by side took more room than each on its own."""
        if len(line) < 2 or self.width(line, style) <= width:
            return [line]
        head, _, tail = line.rpartition(" ")
        if not head:  # an address: parted after a hyphen or a slash
            cut = 1 + max(line.rfind(sign, 0, -1) for sign in "-/") or len(line) - 1
            head, tail = line[:cut], line[cut:]
        return [*self._narrow(head, style, width), tail]

    def height(self, text: str, style: str, width: int) -> int:
        """Height that `text` takes when wrapped to `width`."""
        return len(self.wrap(text, style, width)) * self.line(style)

    def elide(self, text: str, style: str, width: int) -> str:
        """`text`, or as much of it as fits with an ellipsis."""
        if self.width(text, style) <= width:
            return text
        key = (text, style, width)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > _KEEP:
                self._elided.clear()
            size = self.font(style).size
            most = bisect_right(range(len(text)), width, key=lambda n: size(plain(text[:n]) + "…")[0]) - 1
            found = self._elided[key] = text[: max(most, 0)].rstrip() + "…"
        return found

    def image(self, text: str, style: str, colour: Colour) -> pygame.Surface:
        """One line of text as a picture; kept, so it may be asked for every frame."""
        key = (text, style, colour)
        found = self._images.pop(key, None)
        if found is None:
            if len(self._images) >= _PICTURES:
                del self._images[next(iter(self._images))]
            found = self.font(style).render(plain(text), True, colour)
        self._images[key] = found
        return found


def _pieces(text: str) -> list[str]:
    """Words with what follows them; a long word may also be parted after a hyphen or a slash. A plus stays with the
    word after it, a dot between items with the one before."""
    pieces: list[str] = []
    for word in text.replace("+ ", "+\0").replace(" \N{MIDDLE DOT} ", "\0\N{MIDDLE DOT} ").split(" "):
        start = 0
        for at in range(2, len(word) - 2) if "-" in word or "/" in word else ():
            if word[at] in "-/" and word[at - 1].isalnum():
                pieces.append(word[start : at + 1])
                start = at + 1
        pieces.append(word[start:] + " ")
    return [piece.replace("\0", " ") for piece in pieces]


@lru_cache(maxsize=128)
def _font(size: int, bold: bool) -> pygame.font.Font:
    if not pygame.font.get_init():
        pygame.font.init()
    return pygame.font.Font(str(asset("fonts", f"PeacetableSans-{'SemiBold' if bold else 'Regular'}.otf")), size)


def colours(palette: Palette) -> dict[str, Colour]:
    """All colours of a palette by name."""
    return {f.name: getattr(palette, f.name) for f in fields(palette)}
