"""The delegations with mood, last move and likely reaction; who has signed; what was said last."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from ...seat.estimates import Estimate
from ...seat.views import PartyFacts
from ...words import log
from ...words.catalogue import difference, number, signed
from ..theme import Theme, mixed
from ..ui import (
    Action,
    Bar,
    Card,
    Column,
    Flag,
    Glossed,
    Label,
    Lighting,
    Panel,
    RangeBar,
    Sign,
    Widget,
    columns,
    cut_left,
    cut_right,
    cut_top,
    flag_width,
)
from ..ui.label import sign_width
from ..ui.paint import box
from .table_desk import VERDICTS, Desk


@dataclass(frozen=True)
class Status:
    """How a card says what a delegation did: icon, colour, a few words, and one or two for narrow cards."""

    sign: str
    colour: str
    text: str
    short: str


class SideCard(Lighting, Card):
    """A delegation's card; `lit`: it has the turn; `count` of its moves, a new one lights the card up for a moment.
    Opens what is known about it."""

    role = "card"

    def __init__(
        self, id: str, rect: pygame.Rect, label: str, action: Action, children, lit: bool, tip: str = "", count: int = 0
    ):
        super().__init__(id, rect, label, action, children, count=count)
        self.lit, self.tip = lit, tip

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p, width = look.palette, look.px(2 if self.lit else 1)
        border = p.gold if self.lit else p.edge if self.hover else p.border
        fill = p.raised if self.hover else p.panel
        box(surface, self.rect, look.px(7), fill, border, width)
        if self.light:
            colour = mixed(fill, p.link, self.light)
            box(surface, self.rect.inflate(-2 * width, -2 * width), look.px(6), None, colour, look.px(2))


def status(desk: Desk, party: str) -> Status:
    """What the delegation did last, or that it has the turn."""
    t, view = desk.t, desk.view
    if party not in view.present:
        return Status("door", "bad", t("card.left"), t("card.short.left"))
    if party in view.movers:
        if party == view.party:
            return Status("pen", "gold", t("card.your_turn"), t("card.short.turn"))
        return Status("clock", "gold", t("card.speaking"), t("card.short.speaking"))
    move = log.last_move(view, party)
    if move is None:
        return Status("dot", "muted", t("card.silent"), t("card.short.silent"))
    if desk.facts.one_text and move.kind in ("sign", "stand"):
        kind = "for" if move.kind == "sign" else "against"
        sign, colour = ("check", "good") if kind == "for" else ("cross", "bad")
        return Status(sign, colour, t(f"card.voted.{kind}", round=move.round), t(f"card.short.{kind}"))
    if move.kind == "sign":
        mine = move.offer_of == view.party
        whose = desk.facts.party(move.offer_of or "").short
        text = t("card.signed.you") if mine else t("card.signed", party=whose)
        return Status("check", "good", text, t("card.short.signed"))
    if move.kind == "stand":
        return Status("dot", "muted", t("card.stood", round=move.round), t("card.short.stood"))
    if desk.facts.one_text:
        return Status("speech", "text", t("card.amended", round=move.round), t("card.short.amended"))
    if move.changes == ():
        return Status("speech", "text", t("card.kept"), t("card.short.kept"))
    if move.changes:
        count = len(move.changes)
        return Status("speech", "text", t("card.moved", plural=count, count=count), t("card.short.proposed"))
    return Status("speech", "text", t("card.proposed", round=move.round), t("card.short.proposed"))


def cards(desk: Desk, look: Theme, rect: pygame.Rect, wide: bool, tight: bool) -> tuple[list[Widget], pygame.Rect]:
    """The five cards in a row, and what is left below. `tight`: as low as they can be."""
    line = look.line("small")
    if wide:
        height = 2 * look.px(10) + max(look.px(22), look.line("strong")) + 2 * line + look.px(28)
    else:
        height = look.line("tiny") + look.px(9) if tight else 2 * look.line("tiny") + look.px(14)
    strip, rest = cut_top(rect, height, look.px(10 if wide else 6))
    cells = columns(strip, len(desk.facts.parties), look.px(10 if wide else 5))
    make = _card if wide else _low_card if tight else _small_card
    return [make(desk, look, party, cell) for party, cell in zip(desk.facts.parties, cells, strict=True)], rest


def legend(desk: Desk, look: Theme, rect: pygame.Rect) -> tuple[list[Widget], pygame.Rect]:
    """What the bars of the cards mean, in one line if it fits, and what is left below."""
    text = desk.t("guess.legend.short")
    if not desk.estimates or desk.view.ended or look.width(text, "tiny") > rect.width:
        return [], rect
    line, rest = cut_top(rect, look.line("tiny"), look.px(8))
    return [Label("cards.legend", line, text, "tiny", "muted")], rest


def _tip(desk: Desk, party: str) -> str:
    """Mood and estimate, in sentences."""
    t, found = desk.t, desk.moods[party]
    lines = [t("mood.tip", mood=t(f"mood.{found.name}"), why=" ".join(found.why))]
    guess = desk.estimates.get(party)
    if guess is not None:
        lines.append(t("guess.tip", verdict=desk.verdict(guess), why=" ".join(desk.explain(guess))))
        lines.append(t("guess.legend"))
    return "\n".join(lines)


def _card(desk: Desk, look: Theme, party: PartyFacts, cell: pygame.Rect) -> Widget:
    name, me = f"card.{party.id}", party.id == desk.view.party
    inner = cell.inflate(-2 * look.px(12), -2 * look.px(10))
    top, rest = cut_top(inner, max(look.px(22), look.line("strong")), look.px(3))
    height = look.px(18)
    wide = flag_width(party.id, height, pair=True)
    flag = pygame.Rect(top.x, top.centery - height // 2, wide, height)
    children: list[Widget] = [Flag(f"{name}.flag", flag, party.id, party.label, pair=True)]
    title = pygame.Rect(top.x + wide + look.px(9), top.y, top.right - top.x - wide - look.px(9), top.height)
    side = look.px(15)
    if me:
        title.width -= side + look.px(4)
        place = pygame.Rect(top.right - side, top.centery - side // 2, side, side)
        children.append(Sign(f"{name}.me", place, "person", "gold", desk.t("card.you")))
    long = look.width(party.label, "strong") <= title.width
    children.append(
        Label(f"{name}.name", title, party.label if long else party.short, "strong", middle=True, elide=True)
    )
    line, rest = cut_top(rest, look.line("small"), look.px(4))
    children += _mood_line(desk, look, party.id, line)
    line, rest = cut_top(rest, look.line("small"), look.px(3))
    children += _worth(desk, look, name, line, rest) if me else _reaction(desk, look, party.id, line, rest)
    lit = party.id in desk.view.movers and not desk.view.ended
    tip = "" if me else _tip(desk, party.id)
    label = f"{party.label}. {status(desk, party.id).text}"
    return SideCard(name, cell, label, ("party", party.id), children, lit, tip, log.moves(desk.view, party.id))


def _mood_line(desk: Desk, look: Theme, party: str, line: pygame.Rect) -> list[Widget]:
    """Mood on the left, last move on the right; the own card has the move only."""
    did, name = status(desk, party), f"card.{party}"
    if party == desk.view.party or party not in desk.view.present:
        return [Label(f"{name}.status", line, did.text, "small", did.colour, sign=did.sign, elide=True)]
    felt = desk.moods[party]
    word = desk.t(f"mood.{felt.name}")
    width = look.width(word, "small_strong") + look.line("small_strong") + look.px(4)
    left, right = cut_left(line, width, look.px(6))
    found: list[Widget] = [Label(f"{name}.mood", left, word, "small_strong", felt.colour, sign=felt.sign)]
    text = did.text if look.width(did.text, "tiny") <= right.width else did.short
    colour = did.colour if did.colour == "gold" else "muted"
    found.append(Label(f"{name}.status", right, text, "tiny", colour, "right", middle=True, elide=True))
    return found


def _worth(desk: Desk, look: Theme, name: str, line: pygame.Rect, rest: pygame.Rect) -> list[Widget]:
    u = desk.mandate.utility(desk.draft)
    gain = difference(u, desk.mandate.reservation)
    change = f"{number(u)} ({signed(gain)})"
    right, left = cut_right(line, look.width(change, "small_strong") + 2)
    text = desk.t("card.draft")
    text = text if look.width(text, "small") <= left.width else desk.t("offers.draft")
    bar = pygame.Rect(rest.x, rest.y, rest.width, min(look.px(14), rest.height))
    tip = desk.t("value.mark")
    return [
        Label(f"{name}.worth", left, text, "small", "muted", elide=True),
        Label(f"{name}.value", right, change, "small_strong", "good" if gain >= 0 else "bad", align="right"),
        Bar(f"{name}.bar", bar, desk.t("card.draft"), u, desk.mandate.reservation, tip=tip),
    ]


def _reaction(desk: Desk, look: Theme, party: str, line: pygame.Rect, rest: pygame.Rect) -> list[Widget]:
    """The estimate of what it would say to the draft: words, and the range as a bar."""
    guess, name = desk.estimates.get(party), f"card.{party}"
    if guess is None:
        return []
    sign, colour = VERDICTS[guess.verdict]
    text = desk.verdict(guess)
    free = line.width - look.width(text, "small") - sign_width(look, "small") - look.px(6) - 2
    span = next((s for s in _spans(desk, guess) if look.width(s, "tiny") <= free), "")
    right, left = cut_right(line, look.width(span, "tiny") + 2, look.px(4)) if span else (line, line)
    bar = pygame.Rect(rest.x, rest.y, rest.width, min(look.px(14), rest.height))
    asks = (guess.asks_low, guess.asks_high)
    return [
        Label(f"{name}.guess", left, text, "small", colour, sign=sign, elide=True),
        *([Label(f"{name}.span", right, span, "tiny", "muted", "right", middle=True)] if span else []),
        RangeBar(f"{name}.range", bar, text, guess.low, guess.high, asks),
    ]


def _spans(desk: Desk, guess: Estimate) -> list[str]:
    """What the draft is worth to a party and what it asks for, in ever fewer words."""
    t = desk.t
    span, asks = (
        t(f"guess.span.{'one' if low == high else 'range'}", low=low, high=high)
        for low, high in ((guess.low, guess.high), (guess.asks_low, guess.asks_high))
    )
    whole = t("guess.span.asks", span=span, asks=asks)
    return [whole, t("guess.span", span=span), t("guess.span.short", span=span), span]


def _small_card(desk: Desk, look: Theme, party: PartyFacts, cell: pygame.Rect) -> Widget:
    name, did, me = f"card.{party.id}", status(desk, party.id), party.id == desk.view.party
    inner = cell.inflate(-look.px(12), -look.px(8))
    height, line = look.px(11), look.line("tiny")
    width = flag_width(party.id, height)
    guess = desk.estimates.get(party.id)
    side = look.px(12)
    x = inner.x + width + look.px(6)
    room = inner.right - x - (side + look.px(4) if guess else 0)
    flag = pygame.Rect(inner.x, inner.y + (line - height) // 2, width, height)
    children: list[Widget] = [
        Flag(f"{name}.flag", flag, party.id, party.label),
        Label(f"{name}.name", pygame.Rect(x, inner.y, room, line), party.short, "tiny_strong", elide=True),
    ]
    if guess:
        sign, colour = VERDICTS[guess.verdict]
        place = pygame.Rect(inner.right - side, inner.y + (line - side) // 2, side, side)
        children.append(Sign(f"{name}.guess", place, sign, colour, desk.verdict(guess)))
    text, sign, colour = _state(desk, party.id)
    place = pygame.Rect(inner.x, inner.y + line + look.px(2), inner.width, line)
    children.append(Label(f"{name}.status", place, text, "tiny", colour, sign=sign, elide=True))
    lit = party.id in desk.view.movers and not desk.view.ended
    label, tip = f"{party.label}. {did.text}", "" if me else _tip(desk, party.id)
    return SideCard(name, cell, label, ("party", party.id), children, lit, tip, log.moves(desk.view, party.id))


def _state(desk: Desk, party: str) -> tuple[str, str, str]:
    """What there is room for on a small card: the mood, or that it has the turn or has left. Words, icon, colour."""
    felt, did = desk.moods[party], status(desk, party)
    if party == desk.view.party or did.colour == "gold" or party not in desk.view.present:
        return did.short, did.sign, did.colour
    return desk.t(f"mood.{felt.name}"), felt.sign, felt.colour


def _low_card(desk: Desk, look: Theme, party: PartyFacts, cell: pygame.Rect) -> Widget:
    """One line: flag, name, and as icons what it would say to the draft and, where there is room, its state."""
    name, me = f"card.{party.id}", party.id == desk.view.party
    inner = cell.inflate(-look.px(10), 0)
    height, side, gap = look.px(11), look.px(12), look.px(3)
    width, line = flag_width(party.id, height), look.line("tiny")
    flag = pygame.Rect(inner.x, inner.centery - height // 2, width, height)
    left = pygame.Rect(flag.right + look.px(5), inner.centery - line // 2, inner.right - flag.right - look.px(5), line)
    guess, (text, sign, colour) = desk.estimates.get(party.id), _state(desk, party.id)
    shown = [(*VERDICTS[guess.verdict], desk.verdict(guess))] if guess else []
    if look.width(party.short, "tiny_strong") + (side + gap) * (len(shown) + 1) <= left.width:
        shown.append((sign, colour, text))
    children: list[Widget] = [Flag(f"{name}.flag", flag, party.id, party.label)]
    for n, (sign, colour, text) in enumerate(shown):
        place, left = cut_right(left, side, gap)
        place = pygame.Rect(place.x, inner.centery - side // 2, side, side)
        children.append(Sign(f"{name}.{'status' if n or not guess else 'guess'}", place, sign, colour, text))
    children.append(Label(f"{name}.name", left, party.short, "tiny_strong", elide=True))
    lit = party.id in desk.view.movers and not desk.view.ended
    label, tip = f"{party.label}. {status(desk, party.id).text}", "" if me else _tip(desk, party.id)
    return SideCard(name, cell, label, ("party", party.id), children, lit, tip, log.moves(desk.view, party.id))


# -- the floor -------------------------------------------------------------------------------------------------------


def floor(desk: Desk, look: Theme, rect: pygame.Rect, lines: int) -> tuple[Widget, pygame.Rect]:
    """What was said last, and who has signed what is on the table; and what is left below."""
    strip, rest = cut_top(rect, lines * look.line("small") + look.px(14), look.px(10))
    inner = strip.inflate(-look.px(24), -look.px(12))
    right, left = cut_right(inner, inner.width * 40 // 100, look.px(20))
    return Panel("floor", strip, [*_words(desk, look, left), *_signatures(desk, look, right)]), rest


def _words(desk: Desk, look: Theme, rect: pygame.Rect) -> list[Widget]:
    """The latest statement, with the flag of who made it."""
    at = next((n for n in reversed(range(len(desk.spoken))) if desk.spoken[n]), -1)
    party = desk.view.log[at].party if at >= 0 else None
    if not party:
        return [Label("floor.words", rect, desk.t("floor.silent"), "small", "muted", middle=True)]
    height = look.px(16)
    width = flag_width(party, height)
    flag = pygame.Rect(rect.x, rect.y + look.px(2), width, height)
    place = pygame.Rect(rect.x + width + look.px(10), rect.y, rect.width - width - look.px(10), rect.height)
    text = desk.t("floor.says", party=desk.facts.party(party).short, text=desk.spoken[at])
    words = Glossed("floor.words", place, text, desk.facts.glossary, look, "small", middle=True)
    words.elide = True
    words.tip = text if look.height(text, "small", place.width) > place.height else ""
    return [Flag("floor.flag", flag, party, desk.facts.party(party).label), words]


def _signatures(desk: Desk, look: Theme, rect: pygame.Rect) -> list[Widget]:
    """Whose package is on the table, and a row of flags with who has signed it and who has not."""
    rect = pygame.Rect(rect.x, rect.centery - look.line("small") - look.px(1), rect.width, 2 * look.line("small"))
    first, second = cut_top(rect, look.line("small"), look.px(2))
    t, view = desk.t, desk.view
    if view.ended:
        sign, colour = ("check", "good") if view.ended == "agreement" else ("cross", "bad")
        return [Label("floor.head", rect, log.ending(view, t), "strong", colour, middle=True, sign=sign)]
    if desk.facts.one_text:
        have = view.votes
        need = desk.facts.needs(view.amendment or desk.draft)
        if desk.waiting():
            return [Label("floor.head", rect, t("floor.amending"), "small", "muted", middle=True, sign="document")]
        head, late = t("floor.final" if view.final else "floor.amendment", change=_amendment(desk)), "floor.votes"
    else:
        offer = desk.standing() or view.offers.get(view.party)
        if offer is None:
            return [Label("floor.head", rect, t("floor.nothing"), "small", "muted", middle=True, sign="table")]
        have, need, late = offer.signed, offer.needs, "floor.missing"
        whose = log.called(desk.facts, t, offer.of)
        head = t("floor.offer.you" if offer.of == view.party else "floor.offer", party=whose)
    widgets: list[Widget] = [Label("floor.head", first, head, "small", "gold", sign="table", elide=True)]
    height, side, x = look.px(12), look.px(12), second.x
    for party in desk.facts.parties:
        sign, colour = ("check", "good") if party.id in have else ("dot", "muted")
        if party.id not in need and party.id not in have:
            sign, colour = "minus", "muted"
        width = flag_width(party.id, height)
        y = second.centery - height // 2
        widgets.append(Flag(f"floor.{party.id}.flag", pygame.Rect(x, y, width, height), party.id, party.label))
        place = pygame.Rect(x + width + look.px(3), second.centery - side // 2, side, side)
        state = "signed" if party.id in have else "missing" if party.id in need else "free"
        tip = t(f"floor.{state}", parties=desk.name(party.id))
        widgets.append(Sign(f"floor.{party.id}.sign", place, sign, colour, tip, tip))
        x = place.right + look.px(9)
    missing = [p for p in need if p not in have]
    names = t.join(t("you") if p == view.party else desk.facts.party(p).short for p in missing)
    text = t(late, parties=names) if missing else t("floor.complete")
    if missing == [view.party]:
        text = t("floor.you")
    if desk.facts.consent.by_quorum:
        text = t("floor.quorum", have=len(have), quorum=desk.facts.consent.quorum)
    place = pygame.Rect(x + look.px(4), second.y, max(0, second.right - x - look.px(4)), second.height)
    widgets.append(
        Label(
            "floor.missing",
            place,
            text,
            "small",
            "gold" if missing == [view.party] else "text",
            middle=True,
            elide=True,
            tip=text,
        )
    )
    return widgets


def _amendment(desk: Desk) -> str:
    draft, amendment = desk.view.draft, desk.view.amendment
    if draft is None or amendment is None or draft == amendment:
        return desk.t("log.amend.same")
    return desk.t.join(
        desk.t(
            "need.change",
            issue=desk.facts.issues[i].short,
            before=desk.facts.short(i, draft[i]),
            after=desk.facts.short(i, amendment[i]),
        )
        for i in range(len(draft))
        if draft[i] != amendment[i]
    )


def signatures_column(desk: Desk, look: Theme, rect: pygame.Rect) -> Column:
    """The same for narrow windows: one line over the offers."""
    column = Column(look, rect, "offers")
    t, view = desk.t, desk.view
    if desk.facts.one_text:
        text = t("floor.amending" if desk.waiting() else "floor.final" if view.final else "floor.amendment",
                 change=_amendment(desk))  # fmt: skip
        return column.text(text, "small", "gold", sign="table")
    for offer in view.offers.values():
        mine, quorum = offer.of == view.party, desk.facts.consent.by_quorum
        words = {
            "quorum": desk.facts.consent.quorum,
            "party": desk.name(offer.of),
            "signed": desk.names(offer.signed),
            "missing": desk.names(offer.missing),
        }
        key = f"offers.standing{'.you' if mine else ''}{'.quorum' if quorum else ''}"
        text = t(key, **words)
        if look.width(text, "small") + sign_width(look, "small") > rect.width:
            late = t.join(t("you") if p == view.party else desk.facts.party(p).short for p in offer.missing)
            head = t("map.offer.you" if mine else "map.offer", party=desk.facts.party(offer.of).short)
            rest = t("floor.quorum", have=len(offer.signed), quorum=desk.facts.consent.quorum) if quorum else t(
                "floor.missing", parties=late
            )  # fmt: skip
            text = t("offers.standing.short", head=head, rest=rest)
        column.text(text, "small", "gold", sign="table")
    if not view.offers:
        column.text(t("offers.nothing"), "small", "muted", sign="table")
    return column
