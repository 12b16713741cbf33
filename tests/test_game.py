"""The game window: whole games by mouse and by keyboard, what screens hold, what drawing does, what fits."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest
from click.testing import CliRunner

import make
import peacetable
from hands import click, crossing, demanding, has, press, reach, tab_to, wait
from make import seat_of
from peacetable.abm.replay import Replay
from peacetable.abm.results import report
from peacetable.errors import PeacetableError
from peacetable.game import theme
from peacetable.game.app import App
from peacetable.game.screens.base import Lift, Resume, Rewind
from peacetable.game.screens.sheets import STANCE_SIGNS
from peacetable.game.ui import Label, Panel, ScrollArea, Segmented, Sign, Stage, Widget
from peacetable.game.ui.paint import box
from peacetable.resources import asset
from peacetable.scenario.utility import GRAIN
from peacetable.seat.session import Session
from peacetable.table import minutes
from peacetable.words.catalogue import catalogue, date, difference, number, signed

SIDES = ("ukraine", "russia", "us", "coalition", "nato")
SIZES = [((1280, 720), 1.0), ((1280, 720), 1.5), ((1920, 1080), 1.0), ((1920, 1080), 1.5), ((2560, 1440), 1.0),
         ((2560, 1440), 1.5), ((1280, 720), 2.0)]  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    return peacetable.load("white-house-2025")


@pytest.fixture
def start():
    """Opens windows and closes them after the test."""
    apps = []

    def make_app(scenario, size=(1280, 720), scale=1.0, pause=0.0, seed=1, rounds=None, folder=None, **options) -> App:
        apps.append(App(Session(scenario, seed, folder, rounds), size, scale, pause=pause, **options))
        apps[-1].tick()
        return apps[-1]

    yield make_app
    for app in apps:
        app.close()


# -- whole games -----------------------------------------------------------------------------------------------------


@pytest.mark.quick
@pytest.mark.parametrize("side", SIDES)
def test_whole_game_by_mouse_alone(scenario, start, side):
    app = start(scenario, rounds=3, seed=4)
    click(app, f"side.{side}")
    click(app, "go")
    assert app.screen.name == "briefing"
    click(app, "go")
    wait(app)
    turns = 0
    while app.session.running:
        turns += 1
        click(app, "tabs", 0)
        click(app, "tabs", 1)
        own = app.screen.draft
        for i, issue in enumerate(scenario.issues):
            click(app, f"issue.{issue.id}", own[i] - 1 if own[i] else 1)
        assert all(abs(a - b) == 1 for a, b in zip(app.screen.draft, own, strict=True))
        for _ in range(5):
            click(app, "undo")
        assert app.screen.draft == own
        click(app, "propose")
        assert not app.screen.notice
        wait(app)
    assert turns == 3
    click(app, "debrief")
    assert app.screen.name == "debrief"
    assert "no agreement" in app.find("title").label.lower()
    click(app, "side")
    assert app.screen.name == "sides"


@pytest.mark.quick
@pytest.mark.parametrize("side", SIDES)
def test_whole_game_by_keyboard_alone(scenario, start, side):
    app = start(scenario, rounds=3, seed=5)
    tab_to(app, f"side.{side}")
    press(app, pygame.K_RETURN)
    tab_to(app, "go")
    press(app, pygame.K_SPACE)
    assert app.screen.name == "briefing"
    tab_to(app, "go")
    press(app, pygame.K_RETURN)
    wait(app)
    turns = 0
    while app.session.running:
        turns += 1
        issue = scenario.issues[turns % 5]
        tab_to(app, f"issue.{issue.id}")
        before = app.screen.draft
        press(app, pygame.K_LEFT)
        press(app, pygame.K_RIGHT)
        press(app, pygame.K_HOME)
        press(app, pygame.K_END)
        assert app.screen.draft[turns % 5] == len(issue.levels) - 1
        while app.screen.draft != before:
            press(app, pygame.K_u)
        tab_to(app, "propose")
        press(app, pygame.K_RETURN)
        wait(app)
    assert turns == 3
    tab_to(app, "debrief")
    press(app, pygame.K_RETURN)
    assert app.screen.name == "debrief"
    tab_to(app, "again")
    press(app, pygame.K_RETURN)
    assert app.screen.name == "briefing" and app.session.running


def quiet(scenario):
    """Without events that interrupt."""
    return replace(scenario, events=())


def test_walking_out_asks_first(scenario, start):
    app = start(quiet(scenario), party="ukraine")
    click(app, "go")
    click(app, "walk_out")
    assert app.stage.focus_id == "dialog.stay"
    press(app, pygame.K_ESCAPE)
    assert app.session.running and app.stage.dialog is None
    click(app, "walk_out")
    tab_to(app, "dialog.go")
    press(app, pygame.K_RETURN)
    assert not app.session.running
    click(app, "debrief")
    assert app.find("title").label == "No agreement: you walked out"


def easy(**options):
    """A scenario in which every package beats walking away, so that agents sign soon."""
    return make.scenario(seed=3, reservation=0.0, red_lines=0.0, rules=0, events=False, rounds=6, **options)


@pytest.mark.quick
def test_signing_leads_to_agreement_and_a_debrief_that_adds_up(start, tmp_path):
    scenario = easy()
    app = start(scenario, party="north", folder=tmp_path)
    click(app, "go")
    while app.session.running:
        wait(app)
        if not app.session.running:
            break
        offers = app.screen.view.acceptable()
        if offers:
            click(app, f"sign.{offers[0].of}")
            click(app, "dialog.go")
        else:
            click(app, "propose")
    model = app.session.model
    utilities = model.utilities()[0]
    packages = model.talks.space.enumerate()
    u = np.stack([model.talks.preferences.utility(packages, p, np.zeros(len(packages), int)) for p in range(3)], axis=1)
    agreeable = (u >= model.state.reservation[0]).all(axis=1)
    debrief = app.seat.debrief()
    assert app.screen.view.ended == "agreement"
    assert [s.utility for s in debrief.scores] == pytest.approx(utilities)
    assert debrief.agreeable == agreeable.sum()
    assert debrief.own_best.utilities["north"] == pytest.approx(u[agreeable, 0].max())
    better = (u >= utilities - 1e-12).all(axis=1) & (u > utilities + 1e-9).any(axis=1)
    assert debrief.better_count == better.sum()
    assert (debrief.better is None) == (not better.any())
    click(app, "debrief")
    assert app.find("title").label.startswith("Agreement in round")
    header, records, notice = minutes.load(app.session.minutes_path)
    assert notice is None
    again = Replay(scenario, header, records).run()
    assert report(again)["package"] == model.report()["package"]


def test_everything_a_refusal_says_is_shown(scenario, start):
    app = start(scenario, party="ukraine")
    click(app, "go")
    wait(app)
    click(app, "issue.military_caps", 4)
    assert "red line" in app.find("value.red").label
    click(app, "propose")
    assert app.screen.notice and app.find("hint").label == app.screen.notice
    assert app.session.awaiting
    click(app, "undo")
    assert app.find("hint").label != app.screen.notice
    click(app, "propose")
    assert not app.session.awaiting


def build(app: App, **levels: str) -> None:
    """Put levels into the draft by clicks."""
    for id, level in levels.items():
        issue = next(i for i in app.screen.facts.issues if i.id == id)
        click(app, f"issue.{id}", [k.id for k in issue.levels].index(level))


def test_a_draft_without_an_own_condition_is_marked_and_refused_with_its_words(start):
    app = start(demanding("condition"), party="us")
    click(app, "go")
    wait(app)
    rows = {issue.id: app.find(f"issue.{issue.id}") for issue in app.screen.facts.issues}
    assert [o.red for o in rows["military_caps"].options] == [False, False, False, True, True]
    build(app, ground_force="tripwire_10k", air_cover="air_shield", military_caps="no_cap")
    marked = {id: [o.red for o in app.find(f"issue.{id}").options] for id in ("ground_force", "air_cover")}
    assert marked == {"ground_force": [False] * 4, "air_cover": [True, *[False] * 5]}
    assert not has(app, "value.demand.cover")
    build(app, air_cover="none")
    says = "No force goes bare."
    assert says in app.find("value.demand.cover").label and app.find("value.number").label == "0.00"
    assert [o.red for o in app.find("issue.ground_force").options] == [False, True, False, False]
    assert says in app.find("issue.ground_force").options[1].tip
    figures = [w.label for w in app.stage.all() if w.id.startswith("reason.") and w.id.endswith(".change")]
    assert figures and all(abs(float(x.replace("\N{MINUS SIGN}", "-"))) <= 1 for x in figures)
    click(app, "propose")
    told = "it leaves out what the delegation has called part of any settlement: No force goes bare. Possible: another "
    assert f"{told}level on Foreign ground force in Ukraine or Air cover." in app.screen.notice
    assert app.find("hint").label == app.screen.notice and app.session.awaiting
    build(app, air_cover="air_shield")
    click(app, "propose")
    assert not app.session.awaiting


def test_an_offer_without_an_own_condition_cannot_be_signed(start):
    """Russia asks for the small army before the United States speak."""
    app = start(demanding("condition"), party="us")
    click(app, "go")
    wait(app)
    offer = app.screen.view.offers["russia"]
    assert app.screen.mandate.misses(offer.package) and not app.screen.mandate.crossed(offer.package)
    button = app.find("sign.russia")
    assert not button.enabled and "Ukraine's army is not cut to a quarter." in button.tip
    assert "not cut to a quarter" in app.find("hint").label
    with pytest.raises(PeacetableError, match="any settlement: Ukraine's army is not cut to a quarter. Possible: prop"):
        app.seat.sign("russia")
    click(app, "tabs", 0)
    matrix = app.find("offers.matrix")
    column = next(c for c, h in enumerate(matrix.headings) if h.party == "russia")
    signs = {issue.id: row[column].signs for issue, row in zip(app.screen.facts.issues, matrix.rows, strict=False)}
    assert ("stop", "bad") in signs["military_caps"] and ("stop", "bad") not in signs["air_cover"]


def test_a_text_without_an_own_condition_can_only_be_voted_down(start):
    app = start(demanding("condition", party="ukraine", variant="@neutral-chair"), party="ukraine")
    click(app, "go")
    wait(app)
    app.session.model.state.amendment[0] = [3, 0, 2, 4, 4]
    app._refresh()
    assert not app.find("vote.for").enabled and app.find("vote.against").enabled
    assert "Ukraine's army is not cut to a quarter." in app.find("hint").label
    with pytest.raises(PeacetableError, match="Ukraine's army is not cut to a quarter. Possible: vote against."):
        app.seat.vote(True)


# -- what screens hold -----------------------------------------------------------------------------------------------


LEADS_AWAY = {"Negotiation", "Session", "App", "Scenario", "Party", "Judgement", "Preferences", "ndarray"}


@pytest.mark.parametrize("reading", [None, "weight", "condition"])
def test_screens_hold_nobody_elses_numbers(scenario, start, reading):
    scenario = scenario if reading is None else demanding(reading)
    for side in ("ukraine", "russia"):
        app = start(scenario, seed=9, rounds=4)
        screens = [app.screen]
        click(app, f"side.{side}")
        click(app, "go")
        press(app, pygame.K_3)
        screens.append(app.screen)
        click(app, "go")
        while app.session.running:
            wait(app)
            screens.append(app.screen)
            model = app.session.model
            own = model.talks.party_index(side)
            mine = set(model.talks.preferences.contributions[0, own].tolist())
            secret = {
                round(x / GRAIN, 9)
                for p in range(5)
                if p != own
                for x in model.talks.preferences.contributions[0, p].tolist()
                if x not in mine and x
            }
            secret |= {round(float(r), 9) for p, r in enumerate(model.state.reservation[0]) if p != own}
            for p, party in enumerate(scenario.parties):
                if p != own:
                    judged = [party.reservation, party.drift, *(c.change for c in party.conditions)]
                    secret |= {round(j.value, 9) for j in judged if j.value}
            secret -= {round(b, 9) for b in app.screen.mandate.gains[0]} | {1.0, 0.5}
            secret -= {round(b.change, 9) for b in app.screen.mandate.bonuses}
            rule = app.session.facts.consent  # it is public, and the only thing that holds arrays
            seen: dict = {id(rule): rule}
            reach([screens, app.stage.widgets], seen)
            found = [x for x in seen.values() if isinstance(x, float) and round(x, 9) in secret]
            assert not found
            kinds = {type(x).__name__ for x in seen.values()}
            assert not kinds & {
                "Negotiation",
                "Session",
                "App",
                "Scenario",
                "Party",
                "Judgement",
                "ndarray",
                "Delegation_",
            }
            if app.session.awaiting:
                press(app, pygame.K_p)
        assert len(seen) > 1000, "the walk must reach something"
        reach(app.session, control := {})
        assert {type(x).__name__ for x in control.values()} >= LEADS_AWAY - {"App", "Session"}


def test_numbers_are_opened_only_after_the_end(scenario):
    session = Session(scenario, 1)
    with pytest.raises(PeacetableError, match="no table"):
        session.at("us")
    session.start("us")
    with pytest.raises(PeacetableError, match="ended"):
        seat_of(session).debrief()
    session.close()


def test_a_session_plays_new_tables_and_forgets_the_old(scenario):
    session = Session(scenario, 1)
    session.start("us")
    first, mandate = session.model, seat_of(session).mandate()
    session.start("us")
    assert session.model is not first
    assert seat_of(session).mandate().gains != mandate.gains
    session.close()
    assert session.model is None


def test_the_mandate_agrees_with_the_model(scenario):
    session = Session(scenario, 3)
    rng = np.random.default_rng(0)
    for side in SIDES:
        session.start(side)
        mandate, model = seat_of(session).mandate(), session.model
        p = model.talks.party_index(side)
        packages = np.stack([rng.integers(0, n, 50) for n in model.talks.space.shape], axis=1).astype(np.int16)
        expected = model.talks.preferences.utility(packages, p, np.zeros(50, int))
        assert [mandate.utility(tuple(k)) for k in packages.tolist()] == pytest.approx(expected.tolist())
        for k in packages.tolist()[:10]:
            total = sum(r.change for r in mandate.reasons(tuple(k)))
            assert total == pytest.approx(mandate.utility(tuple(k)) - mandate.reservation, abs=1e-9)
        assert mandate.utility(mandate.opening) == pytest.approx(mandate.best)
        assert not mandate.crossed(mandate.opening)
        assert bool(model.talks.space.feasible(np.array(mandate.opening)))
    session.close()


# -- drawing ---------------------------------------------------------------------------------------------------------


def state_of(app: App) -> str:
    """Everything that could change, as text, apart from pictures kept for speed."""
    seen: dict = {}
    reach([app.screen, app.stage.widgets, app.stage.dialog, app.stage.focus_id, app.stage._scrolls], seen)
    plain = [repr(x) for x in seen.values() if isinstance(x, (str, int, float, pygame.Rect, tuple))]
    model = app.session.model
    arrays = [] if model is None else [v.tobytes() for v in vars(model.state).values() if isinstance(v, np.ndarray)]
    return repr((plain, arrays))


def test_drawing_changes_nothing(scenario, start):
    app = start(scenario, party="coalition")
    for step in range(3):
        before = state_of(app)
        app.draw()
        first = pygame.image.tobytes(app.surface, "RGB")
        app.draw()
        assert pygame.image.tobytes(app.surface, "RGB") == first
        assert state_of(app) == before
        if step == 0:
            click(app, "go")
        else:
            wait(app)
            click(app, "walk_out")


def screens(start, scenario, size, scale, side):
    """The app at every screen of a game, with names."""
    app = start(scenario, size, scale, rounds=4, seed=2)
    yield "sides", app
    app._act(("choose", side))
    yield "side chosen", app
    app._act(("go",))
    yield "briefing", app
    app._act(("go",))
    wait(app)
    for tab in range(4):
        app._act(("tab", tab))
        yield f"table at first, view {tab}", app
    app._act(("propose",))
    wait(app)
    if app.session.running:
        own = app.screen.draft
        app._act(("draft", 0, own[0] - 1 if own[0] else 1))
        for tab in range(4):
            app._act(("tab", tab))
            yield f"table later, view {tab}", app
        app._act(("walk_out",))
        yield "dialog", app
        app._act(("do",))
    yield "end", app
    app._act(("debrief",))
    yield "debrief", app


@pytest.mark.parametrize(("size", "scale"), SIZES)
def test_nothing_is_clipped_or_overlaps(scenario, start, size, scale):
    side = SIDES[(size[0] // 40 + round(scale * 2)) % 5]
    found = []
    for name, app in screens(start, scenario, size, scale, side):
        found += [f"{name}: {problem}" for w in app.stage.all() for problem in w.overflow(app.look)]
        found += [f"{name}: {problem}" for problem in crossing(app)]
    assert not found


@pytest.mark.parametrize("name", ["winter-2026", "august-2025@as-conditions"])
def test_twelve_issues_and_more_fit_too(start, name):
    scenario = peacetable.load(name)
    for size, scale in (((1280, 720), 1.0), ((1280, 720), 1.5)):
        found = []
        for name, app in screens(start, scenario, size, scale, "russia"):
            found += [f"{name}: {problem}" for w in app.stage.all() for problem in w.overflow(app.look)]
            found += [f"{name}: {problem}" for problem in crossing(app)]
        assert not found


def test_text_is_readable_on_every_surface():
    poor = [
        (ink, surface, round(theme.contrast(getattr(theme.DARK, ink), getattr(theme.DARK, surface)), 2))
        for ink, surface in theme.text_pairs(theme.DARK)
        if theme.contrast(getattr(theme.DARK, ink), getattr(theme.DARK, surface)) < 4.5
    ]
    assert not poor
    assert theme.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


def test_texts_use_only_colours_that_are_checked(scenario, start):
    for _, app in screens(start, scenario, (1280, 720), 1.0, "nato"):
        used = {w.colour for w in app.stage.all() if isinstance(w, Label)}
        assert used <= set(theme.INKS)


# -- the window ------------------------------------------------------------------------------------------------------


def test_a_monkey_breaks_nothing(scenario, start):
    app = start(scenario, seed=6, rounds=3)
    rng = random.Random(20)
    names = "TAB RETURN SPACE ESCAPE LEFT RIGHT UP DOWN HOME END PAGEDOWN PAGEUP 1 2 3 4 p s c u x PLUS MINUS"
    keys = [getattr(pygame, f"K_{name}") for name in names.split()]
    reached = set()
    for n in range(2000):
        place = (rng.randrange(app.surface.get_width()), rng.randrange(app.surface.get_height()))
        controls = [w for w in app.stage.order() if w.id != "quit"]
        if controls and rng.random() < 0.5:
            place = rng.choice(controls).rect.center
        kind = rng.random()
        if kind < 0.45:
            mod = pygame.KMOD_SHIFT if rng.random() < 0.1 else pygame.KMOD_CTRL if rng.random() < 0.1 else 0
            app.post(pygame.event.Event(pygame.KEYDOWN, key=rng.choice(keys), mod=mod, unicode=""))
        elif kind < 0.6:
            app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=(0, 0, 0)))
        elif kind < 0.8:
            app.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=rng.choice([1, 1, 1, 3])))
            if rng.random() < 0.9:
                app.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=place, button=1))
        elif kind < 0.95:
            app.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=rng.choice([-2, -1, 1, 3])))
        elif n % 10 == 0:
            pygame.display.set_mode((rng.randrange(300, 1500), rng.randrange(200, 900)), pygame.RESIZABLE)
        if n % 2:
            app.tick(rng.random())
        if not app.running:  # it pressed Quit: a window that closes is no dead end
            app.running = True
        reached.add(app.screen.name)
    assert reached >= {"sides", "briefing", "table", "pause", "title"}


def test_the_window_follows_its_size_and_scale(scenario, start):
    app = start(scenario, party="ukraine")
    click(app, "go")
    assert not has(app, "hint.keys") or app.find("hint.keys").rect.right <= 1280
    pygame.display.set_mode((900, 600), pygame.RESIZABLE)
    app.tick()
    assert app.surface.get_size() == (900, 600)
    assert all(w.rect.right <= 900 for w in app.stage.all() if w.clip is None)
    pygame.display.set_mode((1280, 720), pygame.RESIZABLE)
    press(app, pygame.K_PLUS, pygame.KMOD_CTRL)
    assert app.scale == 1.25 and app.look.scale == 1.25
    press(app, pygame.K_PLUS, pygame.KMOD_CTRL)
    assert app.scale == 1.5
    pygame.display.set_mode((200, 150), pygame.RESIZABLE)
    app.tick()


def test_agents_rest_between_moves_and_idle_when_minimised(scenario, start):
    app = start(quiet(scenario), pause=0.5, party="russia")
    click(app, "go")
    app.tick(0.3)
    assert not app.seat.view().log
    app.tick(0.3)
    assert len(app.seat.view().log) == 1
    app.post(pygame.event.Event(pygame.WINDOWMINIMIZED))
    for _ in range(5):
        app.tick(1.0)
    assert app.minimised
    app.post(pygame.event.Event(pygame.WINDOWRESTORED))
    app.tick(0.0)
    assert not app.minimised


def test_closing_is_immediate(scenario, start):
    app = start(scenario, party="nato")
    app.post(pygame.event.Event(pygame.QUIT))
    app.tick()
    assert not app.running


def test_tooltips_explain_on_hover_and_on_focus(scenario, start):
    app = start(quiet(scenario), party="ukraine")
    note = next(w for w in app.stage.order() if w.role == "note")
    tab_to(app, note.id)
    app.tick(1.0)
    assert app.stage.tooltip is not None and "20" in app.stage.tooltip.label
    click(app, "go")
    cell = app.find("issue.air_cover").cell(1)
    app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=cell.center, rel=(0, 0), buttons=(0, 0, 0)))
    app.tick(0.0)
    app.tick(1.0)
    assert app.stage.tooltip is not None
    assert app.stage.tooltip.label.startswith(scenario.issues[2].levels[1].label)
    assert app.surface.get_rect().contains(app.stage.tooltip.rect)


def test_a_tooltip_by_keyboard_leaves_the_rows_of_levels_free(scenario, start):
    for size in ((1280, 720), (1920, 1080)):
        app = start(scenario, size, party="ukraine")
        click(app, "go")
        wait(app)
        tab_to(app, "menu")
        rows = [w for w in app.stage.active() if isinstance(w, Segmented)]
        for row in rows:
            tab_to(app, row.id)
            app.tick(1.0)
            tip = app.stage.tooltip
            assert tip is not None and app.surface.get_rect().contains(tip.rect)
            assert tip.rect.collidelist([w.visible for w in rows]) < 0
            assert not tip.rect.colliderect(app.find("value.bar").visible)


# -- the beginning ---------------------------------------------------------------------------------------------------


def test_the_smallest_scenario_is_marked_and_offered_first(tmp_path):
    def opened() -> App:
        app = App(pause=0.0, games=tmp_path)
        app.tick()
        return app

    app = opened()
    first, *others = app.screen.shelf
    assert all(first.packages < s.packages for s in others) and app.screen.begin.scenario == first.name
    begin = app.t("title.scenario.start.short")
    assert [begin in app.find(f"scenario.{s.name}").note for s in app.screen.shelf] == [True, *(False for _ in others)]
    app.close()
    session = Session(peacetable.load("white-house-2025@alaska"), 1, tmp_path, 3)
    session.start("us")
    while not session.awaiting:
        session.step()
    seat_of(session).propose(seat_of(session).mandate().opening)
    session.close()
    app = opened()
    assert app.screen.begin.scenario == "white-house-2025@alaska", "the last one played"
    app.close()


@pytest.mark.parametrize(("size", "scale"), SIZES)
def test_another_scenario_moves_nothing_below_it(size, scale, tmp_path):
    app = App(size=size, scale=scale, pause=0.0, games=tmp_path)
    app.tick()
    places = []
    for s in app.screen.shelf:
        app._act(("scenario", s.name))
        places.append([app.find(id).rect.topleft for id in ("seat.ukraine", "seed", "begin")])
    app.close()
    assert places == [places[0]] * len(places)


def test_the_brief_says_every_position(scenario, start):
    app = start(scenario, party="us", size=(1920, 1080))
    own = {p.id for p in scenario.parties} - {"us"}
    stated = [(p, s) for p in app.session.facts.parties if p.id in own for s in p.stated]
    assert "acceptable" in {s.stance for _, s in stated}
    for party, s in stated:
        issue = app.session.facts.issues[s.issue]
        line = app.find(f"stated.{party.id}.{issue.id}.{issue.levels[s.level].id}")
        assert line.sign == STANCE_SIGNS[s.stance][0]
    shown = {w.name for w in app.stage.active() if w.id.startswith("others.legend") and isinstance(w, Sign)}
    assert shown >= {STANCE_SIGNS[s.stance][0] for _, s in stated}
    assert len({STANCE_SIGNS[k] for k in ("prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line")}) == 6


@pytest.mark.parametrize("how", ["resume", "rewind", "lift"])
def test_the_draft_starts_from_the_own_last_offer(how, scenario, start, tmp_path):
    people = ("us", "nato") if how == "lift" else ("us",)
    session = Session(scenario, 1, tmp_path, 6)
    session.start(*people)
    offered = None
    while seat_of(session).view().round < 3 or session.awaiting != ("us",):
        if session.awaiting:
            package = (*seat_of(session).mandate().opening[:-1], 1)
            offered = package if session.awaiting == ("us",) else offered
            seat_of(session).propose(package)
        else:
            session.step()
    path = session.minutes_path
    session.close()
    app = App(pause=0.0, games=tmp_path)
    app._order(Resume(path))
    if how == "rewind":
        app.table.draft = app.table.mandate.opening
        app._order(Rewind(2))
        wait(app)
    elif how == "lift":
        app._order(Lift("us"))
    opening = app.table.mandate.opening
    assert app.screen is app.table and app.table.draft == offered != opening
    app.close()


# -- the kit ---------------------------------------------------------------------------------------------------------


def test_wrapped_lines_fit_and_lose_nothing():
    look = theme.Theme(scale=1.5)
    rng = random.Random(1)
    words = ["an", "Article-5-like", "60,000-100,000", "verylongwordwithoutanybreakatall", "Гарантії", "–", "and/or"]
    for _ in range(100):
        sentence = " ".join(rng.choice(words) for _ in range(rng.randrange(1, 12)))
        width = rng.randrange(60, 500)
        lines = look.wrap(sentence, "body", width)
        assert all(look.width(line, "body") <= width for line in lines)
        assert "".join(lines).replace(" ", "") == sentence.replace(" ", "")


def test_lines_neither_begin_with_a_separator_nor_end_in_a_lone_word():
    look = theme.Theme()
    package = "Guarantee: Article-5-like \N{MIDDLE DOT} Air cover: None \N{MIDDLE DOT} Arms, support: + intelligence"
    for width in range(120, 600, 7):
        lines = look.wrap(package, "small", width)
        assert not any(line.startswith("\N{MIDDLE DOT}") or line.endswith("+") for line in lines)
    sentence = "Everybody who has to sign it would have been better off with this."
    for width in range(200, 420, 3):
        lines = look.wrap(sentence, "small", width)
        alone = look.width(lines[-1], "small")
        assert len(lines) == 1 or " " in lines[-1] or alone >= theme.ALONE * width


def test_a_box_that_begins_above_the_window_ends_where_it_should():
    surface = pygame.Surface((40, 100))
    box(surface, pygame.Rect(0, -60, 40, 90), 6, (255, 0, 0), (0, 255, 0), 2)
    assert [surface.get_at((20, y))[:3] for y in (0, 27, 29, 30, 60)] == [(255, 0, 0)] * 2 + [(0, 255, 0)] + [
        (0, 0, 0)
    ] * 2
    assert surface.get_at((0, 60))[:3] == (0, 0, 0)


def test_what_is_hidden_fades_at_the_edge_and_the_rest_does_not():
    look = theme.Theme()
    labels = [Label(f"l{n}", pygame.Rect(0, 20 * n, 100, 20), "MMMM", "small") for n in range(10)]
    area = ScrollArea("area", pygame.Rect(0, 0, 120, 100), labels, 200)
    stage, surface = Stage(look), pygame.Surface((120, 100))
    stage.load([Panel("panel", pygame.Rect(0, 0, 120, 100), [area], border="")], None, look)

    def brightest(y: int) -> int:
        return max(sum(surface.get_at((x, row))[:3]) for x in range(60) for row in range(y, y + 20))

    shown = []
    for offset in (0, 20, area.most):
        area.scroll_to(offset)
        stage.draw(surface)
        shown.append((brightest(0), brightest(40), brightest(80)))
    assert shown[0][0] == shown[0][1] > shown[0][2]
    assert shown[1][0] < shown[1][1] > shown[1][2]
    assert shown[2][0] < shown[2][1] == shown[2][2]


def test_scrolling_shows_what_has_the_focus():
    look = theme.Theme()
    buttons = [Segmented(f"b{n}", pygame.Rect(0, 60 * n, 100, 40), "", [], 0, ("x",)) for n in range(10)]
    area = ScrollArea("area", pygame.Rect(0, 0, 120, 100), buttons, 600)
    stage = Stage(look)
    stage.load([area], None, look)
    assert [w.id for w in stage.order()][:2] == ["area", "b0"]
    stage.set_focus("b7")
    assert area.rect.contains(stage.find("b7").rect)
    stage.load([area], None, look)
    assert stage.focus_id == "b7"
    assert stage.find("b0").visible.height == 0


def test_every_widget_can_be_named(scenario, start):
    app = start(scenario, party="us")
    ids = [w.id for w in app.stage.all()]
    assert len(ids) == len(set(ids))
    assert all(isinstance(w, Widget) and w.role for w in app.stage.all())
    assert all(w.label for w in app.stage.order())
    with pytest.raises(KeyError, match="no widget 'nonsense'"):
        app.find("nonsense")


def test_numbers_look_the_same_everywhere():
    assert [number(x) for x in (0.625, -0.14, -0.001, 0)] == ["0.62", "−0.14", "0.00", "0.00"]
    assert [signed(x) for x in (0.05, -0.14, 0.001, -0.001)] == ["+0.05", "−0.14", "0.00", "0.00"]
    assert difference(0.954, 0.615) == 0.33 or difference(0.954, 0.615) == 0.34
    t = catalogue()
    assert date(t, "2025-08-20") == "20 August 2025"
    rough = {
        "2025-08": "August 2025",
        "about 2024-12-03": "about 3 December 2024",
        "2022": "2022",
        "1999-13": "1999-13",
    }
    assert {iso: date(t, iso) for iso in rough} == rough
    assert t.join(["a", "b", "c"]) == "a, b and c"


def test_every_text_of_the_screens_is_in_the_catalogue():
    keys = set(catalogue().texts)
    source = Path(peacetable.__file__).parent / "game"
    code = "\n".join(p.read_text(encoding="utf-8") for p in source.rglob("*.py"))
    plain = set(re.findall(r'\bt\("([a-z_.0-9]+)"', code))
    missing = {k for k in plain if k not in keys and f"{k}.one" not in keys}
    assert not missing
    raw = json.loads(asset("text", "en.json").read_text(encoding="utf-8"))
    assert raw == catalogue().texts


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.quick
def test_the_command_answers_in_sentences(monkeypatch, tmp_path):
    from peacetable.cli.play import command

    runner = CliRunner()
    assert runner.invoke(command, ["--help"]).exit_code == 0
    wrong = runner.invoke(command, ["white-house-2025", "--side", "ukrain"])
    assert wrong.exit_code == 2 and 'did you mean "ukraine"' in wrong.output
    monkeypatch.setattr("peacetable.game.app.App.run", lambda app: app.close())
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path)
    good = runner.invoke(command, ["white-house-2025", "--side", "us", "--seed", "3", "--scale", "1.5"])
    assert good.exit_code == 0, good.output


def test_without_pygame_the_command_says_what_to_install(monkeypatch):
    import sys

    from peacetable.cli.play import command

    monkeypatch.setattr(peacetable, "game", sys.modules["peacetable.game"])  # put back with the modules
    for name in [n for n in sys.modules if n.startswith("peacetable.game")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygame", None)
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1 and "pip install pygame" in result.output


def test_a_text_that_no_font_can_draw_is_drawn_without_what_it_cannot(start):
    look = theme.Theme()
    text = "Vi\x1b[31mred\0 and\x07 more\u202e"
    assert look.width(text, "body") == look.width("Vi[31mred and more", "body")
    assert look.image(text, "body", (0, 0, 0)).get_width() == look.width(text, "body")
    assert look.elide(text, "body", look.px(40)).endswith("…") and look.wrap(text, "body", look.px(60))
