"""Pictures of the game for the README, from one seeded game without a screen: python docs/make_screenshots.py

Writes docs/screenshot.png (the table), screenshot-title.png, screenshot-map.png and screenshot-debrief.png.
"""

from __future__ import annotations

import os
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from peacetable import load
from peacetable.game.app import App
from peacetable.game.store import Settings
from peacetable.seat.session import Session

HERE = Path(__file__).resolve().parent
SIZE = (1280, 720)
SCENARIO, SIDE, SEED = "white-house-2025", "ukraine", 8
SHOWN_AT = 6  # the round in which the table and the map are pictured


def picture(app: App, name: str) -> None:
    """What the window shows now, as a file."""
    app.tick(0)
    app.draw()
    pygame.image.save(app.surface, str(HERE / name))
    print(HERE / name)


def put_away(app: App) -> None:
    """Close cards that the person would have read."""
    while app.table is not None and app.table.waits():
        app._act(app.stage.dialog.cancel)


def play(app: App, number: int) -> None:
    """Go on until round `number` or the end; the person asks for its best and gives way a little each round."""
    session = app.session
    while session.running and not (session.awaiting and session.view().round >= number):
        put_away(app)
        if session.awaiting:
            app.table.draft = offer(session)
            app._act(("propose",))
            assert not app.table.notice, app.table.notice
        app.tick()
    put_away(app)


def offer(session: Session) -> tuple[int, ...]:
    """The own best package, on one more issue every three rounds as the others would have it, if that can be said."""
    view, mandate = session.view(), session.mandate()
    package = list(mandate.opening)
    others = [p for q, p in view.last.items() if q != view.party]
    for issue in sorted(range(len(package)), key=lambda i: mandate.stakes()[i])[: view.round // 3]:
        nearer = max((p[issue] for p in others), key=lambda k: mandate.gains[issue][k], default=package[issue])
        if (issue, nearer) not in mandate.red_lines:
            package[issue] = nearer
    made = tuple(package)
    barred = any(rule.holds(made) for rule in session.facts.rules) or any(
        (i, k) in view.closed for i, k in enumerate(made)
    )
    return mandate.opening if barred or mandate.utility(made) < mandate.reservation else made


def main() -> None:
    """Play, and take the pictures."""
    app = App(size=SIZE, seed=SEED)
    picture(app, "screenshot-title.png")
    app.close()
    app = App(Session(load(SCENARIO), SEED), SIZE, pause=0.0, party=SIDE, settings=Settings(motion=False))
    app._go("table")
    play(app, SHOWN_AT)
    app.table.draft = offer(app.session)
    app._compose()
    picture(app, "screenshot.png")
    app._go("map")
    picture(app, "screenshot-map.png")
    app._go("back")
    play(app, 1000)
    app._go("debrief")
    picture(app, "screenshot-debrief.png")
    app.close()


if __name__ == "__main__":
    main()
