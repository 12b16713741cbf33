"""After the talks: what the debrief works out, the saved report, the sounds, the briefing's sources."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pygame
import pytest

import hands
import make
import peacetable
from make import seat_of
from peacetable.errors import PeacetableError
from peacetable.game import report, sound, theme
from peacetable.game.app import App
from peacetable.game.screens.base import Frame, Reveal
from peacetable.game.screens.briefing import BriefingScreen
from peacetable.game.screens.debrief import DebriefScreen
from peacetable.game.screens.history import HistoryScreen
from peacetable.game.ui import Stage, walk
from peacetable.game.ui.dialog import Tooltip
from peacetable.seat.session import Session
from peacetable.seat.views import Alternative, Sitting, TurningPoint, favourites
from peacetable.words import outcome
from peacetable.words.catalogue import catalogue, number, percents

SIZES = [((1280, 720), 1.0), ((1280, 720), 1.5), ((1280, 720), 2.0), ((1920, 1080), 1.5), ((640, 360), 1.0)]
T = catalogue()


def played(name, side, rounds=None, seed=3, sign=True) -> Session:
    """A game in which the person repeats its best package, or signs the best offer that beats walking away."""
    scenario = peacetable.load(name) if isinstance(name, str) else name
    session = Session(scenario, seed, rounds=rounds)
    session.start(side)
    while session.running:
        if not session.awaiting:
            session.step()
            continue
        view, mandate = seat_of(session).view(), seat_of(session).mandate()
        good = [o for o in view.acceptable() if mandate.utility(o.package) > mandate.reservation]
        good = [o for o in good if not mandate.crossed(o.package)]
        if good and sign:
            seat_of(session).sign(max(good, key=lambda o: mandate.utility(o.package)).of)
        else:
            seat_of(session).propose(mandate.opening)
    return session


@pytest.fixture(scope="module", autouse=True)
def window():
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((64, 64))


@pytest.fixture(scope="module")
def small():
    session = played("white-house-2025", "ukraine", rounds=8)
    yield session, seat_of(session).debrief()
    session.close()


@pytest.fixture(scope="module")
def large():
    session = played("june-2026", "russia", rounds=5)
    yield session, seat_of(session).debrief()
    session.close()


def easy():
    return make.scenario(seed=3, reservation=0.0, red_lines=0.0, rules=0, events=False, rounds=6)


@pytest.fixture(scope="module")
def agreed():
    session = played(easy(), "north")
    assert seat_of(session).view().ended == "agreement"
    yield session, seat_of(session).debrief()
    session.close()


# -- numbers ---------------------------------------------------------------------------------------------------------


def everything(session):
    """All packages, their utilities (n, P), and which everybody could have signed."""
    model = session.model
    packages = model.talks.space.enumerate()
    rows = np.zeros(len(packages), int)
    u = np.stack([model.talks.preferences.utility(packages, p, rows) for p in range(len(model.talks.parties))], axis=1)
    red = np.stack([model.talks.preferences.vetoed(packages, p) for p in range(len(model.talks.parties))], axis=1)
    free = model.talks.space.feasible(packages) & ~red.any(axis=1)
    return packages, u, free & (u >= model.state.reservation[0] - 1e-12).all(axis=1), free


@pytest.mark.parametrize("consent", ["unanimity", "needed", "quorum"])
def test_what_could_have_been_agreed_keeps_to_the_consent_rule(consent):
    """A party does not sign what crosses its red line, however much it is worth to it, nor does one alone agree."""
    counts = []
    for seed in range(8):
        scenario = make.scenario(seed, parties=("a", "b", "c", "d"), consent=consent, red_lines=0.3, reservation=0.4)
        session = played(scenario, "a", seed=seed, sign=False)
        model, facts = session.model, session.facts
        count = 0
        for x in itertools.product(*map(range, model.talks.space.shape)):
            package, row = np.array([x]), np.zeros(1, dtype=int)
            willing = [
                name
                for p, name in enumerate(model.talks.parties)
                if model.talks.preferences.utility(package, p, row)[0] >= model.state.reservation[0, p]
                and not model.talks.preferences.vetoed(package, p)[0]
            ]
            enough = len(willing) >= max(scenario.protocol.quorum if consent == "quorum" else 0, 2)
            assert facts.carried(x, willing) == (enough and {*facts.needs(x)} <= {*willing})
            count += bool(model.talks.space.feasible(package)[0]) and facts.carried(x, willing)
        assert seat_of(session).debrief().agreeable == count
        counts.append(count)
    assert any(counts)


def test_what_could_have_been_agrees_with_trying_everything(small, agreed):
    for session, debrief in (small, agreed):
        packages, u, agreeable, free = everything(session)
        me = session.model.talks.parties.index(session.people[0])
        ended = np.array([s.utility for s in debrief.scores])
        assert debrief.agreeable == agreeable.sum()
        if agreeable.any():
            assert debrief.own_best.utilities[session.people[0]] == pytest.approx(u[agreeable, me].max())
        made = {w.package for w in debrief.worths}
        better = agreeable & (u >= ended - 1e-12).all(axis=1) & (u > ended + 1e-9).any(axis=1)
        unseen = [k for k in np.flatnonzero(better) if tuple(packages[k].tolist()) not in made]
        assert (debrief.missed is None) == (not unseen)
        if debrief.missed is not None:
            assert debrief.missed.package not in made
            assert all(debrief.missed.utilities[s.party] >= s.utility - 1e-12 for s in debrief.scores)
        for other, front in debrief.fronts.items():
            k = session.model.talks.parties.index(other)
            for x, y in front:
                assert not ((u[free, me] >= x - 1e-12) & (u[free, k] > y + 1e-9)).any()
                assert not ((u[free, me] > x + 1e-9) & (u[free, k] >= y - 1e-12)).any()


def test_each_proposal_has_its_worth_for_everybody(small):
    session, debrief = small
    log = [e for e in seat_of(session).view().log if e.kind == "propose"]
    assert [(w.round, w.party, w.package) for w in debrief.worths] == [(e.round, e.party, e.package) for e in log]
    mandate = seat_of(session).mandate()
    assert [w.utilities["ukraine"] for w in debrief.worths] == pytest.approx([mandate.utility(e.package) for e in log])


def test_the_walk_away_line_ends_where_the_model_does(small, large):
    for session, debrief in (small, large):
        me = session.model.talks.parties.index(session.people[0])
        assert [r for r, _ in debrief.walk_away] == list(range(1, seat_of(session).view().round + 1))
        assert debrief.walk_away[-1][1] == pytest.approx(float(session.model.state.reservation[0, me]))
        opened = {s.party: s for s in debrief.sealed}
        assert opened[session.people[0]].end == pytest.approx(debrief.walk_away[-1][1])
        assert all(sum(s.weights) == pytest.approx(1) for s in debrief.sealed)
        shown = [percents(s.weights) for s in debrief.sealed]
        assert all(sum(int(x.split("\N{NO-BREAK SPACE}")[0]) for x in one) == 100 for one in shown)
        own = seat_of(session).mandate().stakes()
        assert opened[session.people[0]].weights == own, "the same numbers as in the brief"


def test_a_large_space_is_searched_in_short_slices(large):
    session, debrief = large
    assert not debrief.exact and debrief.agreeable is None
    reckoner, shares = seat_of(session).reckoner(), []
    while not reckoner.step():
        shares.append(reckoner.done)
    assert len(shares) > 20 and shares == sorted(shares) and 0 < shares[0] and shares[-1] < 1
    floor = {s.party: s.reservation for s in debrief.scores}
    for found in (debrief.own_best, debrief.missed):
        if found is not None:
            assert all(found.utilities[p] >= r - 1e-9 for p, r in floor.items())
    best = debrief.own_best.utilities["russia"]
    assert best >= max((s.utilities[1] for s in debrief.spots if s.agreeable), default=0) - 1e-3


def test_turning_points_are_few_in_order_and_true(small, large, agreed):
    for session, debrief in (small, large, agreed):
        view, facts = seat_of(session).view(), session.facts
        rounds = [x.round for x in debrief.turning_points]
        assert debrief.turning_points and len(rounds) <= 7 and rounds == sorted(rounds)
        mandate = seat_of(session).mandate()
        for x in debrief.turning_points:
            said = outcome.turn(facts, T, view, x)
            assert said and "{" not in said
            if x.kind in ("towards", "away"):
                change = mandate.utility(x.package) - mandate.utility(x.before)
                assert x.amount == pytest.approx(change) and (change > 0) == (x.kind == "towards")
                gained = [mandate.gains[i][x.package[i]] - mandate.gains[i][x.before[i]] for i in x.issues]
                assert all((gain > 0) == (x.kind == "towards") and gain for gain in gained), "told as it moved"
                told = [facts.issues[i].levels[x.package[i]] for i in x.issues[:1]]
                assert all((level.phrase or level.short) in said for level in told)
            if x.kind == "signed":
                assert any(e.kind == "sign" and e.party == x.party and e.round == x.round for e in view.log)
    assert any(x.kind == "signed" for x in agreed[1].turning_points)


def test_every_kind_of_turn_has_words(small):
    session, _ = small
    view, facts, opening = seat_of(session).view(), session.facts, seat_of(session).mandate().opening
    event = next(iter(facts.events))
    acts = {"missed": ("propose", "sign", "stand", "walk_out"), "last": ("", "better", "time")}
    kinds = ("towards", "away", "worth", "all", "signed", "swept", "carried", "event", "walk_out")
    for kind in (*kinds, "missed", "waiting", "climb", "stuck", "last"):
        parties = ("ukraine", "russia") if kind in ("all", "signed", "swept", "walk_out", "last") else ("russia",)
        for party, act in itertools.product(parties, acts.get(kind, ("",))):
            other = "ukraine" if party != "ukraine" else "us"
            turn = TurningPoint(2, kind, party, other, 0.1, 3, event, opening, opening, 0.1, 0.2, act)
            assert "{" not in outcome.turn(facts, T, view, turn)
            assert outcome.turn(facts, T, replace(view, package=opening), turn)
            assert outcome.turn(replace(facts, protocol="single_text"), T, view, turn)


def test_a_step_over_an_own_condition_says_so():
    session = Session(hands.demanding("condition"), 1)
    session.start("us")
    view, facts = seat_of(session).view(), session.facts
    met, unmet = (3, 2, 2, 2, 0), (3, 2, 2, 2, 4)
    for kind, before, now, words in (
        ("away", met, unmet, T("end.turn.unmet")), ("towards", unmet, met, T("end.turn.met")), ("away", met, met, ""),
    ):  # fmt: skip
        told = outcome.turn(facts, T, view, TurningPoint(2, kind, "russia", amount=0.3, package=now, before=before))
        assert told.endswith(words or ".") and (T("end.turn.met") in told or T("end.turn.unmet") in told) == bool(words)
    session.close()


def offers_passed_over(seed):
    """A game in which the person only repeats its best package, and (round, offer) of all it could have signed."""
    session, seen = Session(peacetable.load("white-house-2025"), seed, rounds=14), []
    session.start("ukraine")
    while session.running:
        if session.awaiting:
            seen += [(seat_of(session).view().round, o) for o in seat_of(session).view().acceptable()]
            seat_of(session).propose(seat_of(session).mandate().opening)
        else:
            session.step()
    return session, seen


def test_a_chance_that_was_missed_is_told():
    told = 0
    for seed in range(8):
        session, seen = offers_passed_over(seed)
        debrief, model = seat_of(session).debrief(), session.model
        floor, got = model.state.reservation[0], {s.party: s.utility for s in debrief.scores}["ukraine"]
        expected = []
        for when, offer in seen:
            row = np.array([offer.package])
            u = [
                float(model.talks.preferences.utility(row, p, np.zeros(1, int))[0])
                for p in range(len(model.talks.parties))
            ]
            red = [bool(model.talks.preferences.vetoed(row, p)[0]) for p in range(len(model.talks.parties))]
            ready = [u[k] >= floor[k] and not red[k] or p in offer.signed for k, p in enumerate(model.talks.parties)]
            mine = model.talks.parties.index("ukraine")
            if all(ready) and not red[mine] and u[mine] > got + 0.03:
                expected.append((u[mine], when, offer.of))
        found = [x for x in debrief.turning_points if x.kind == "missed"]
        assert bool(found) == bool(expected), seed
        if expected:
            best = max(found, key=lambda x: x.amount)
            assert best.amount == pytest.approx(max(expected)[0])
            assert (pytest.approx(best.amount), best.round, best.party) in expected
            said = outcome.turn(session.facts, T, seat_of(session).view(), best)
            assert number(best.amount) in said and "You did not sign it" in said
            told += 1
        session.close()
    assert told, "some seed must have had a chance to miss"


def test_the_side_that_was_hardest_to_win_is_told(small):
    session, debrief = small
    mine = {p.id: [w for w in debrief.worths if w.party == p.id] for p in session.facts.parties if p.id != "ukraine"}
    never = [p for p, made in mine.items() if made and not any("ukraine" in w.willing for w in made)]
    (x,) = (x for x in debrief.turning_points if x.kind in ("climb", "stuck"))
    assert not never or x.party in never
    values = [w.utilities["ukraine"] for w in mine[x.party]]
    assert (x.start, x.amount) == (values[0], max(values)) and (x.kind == "climb") == (max(values) - values[0] >= 0.1)
    noise = [y for y in debrief.turning_points if y.kind in ("towards", "away") and y.party != x.party]
    assert len(noise) <= 2


def test_the_last_signature_says_what_brought_it_in():
    seen = set()
    for seed in range(12):
        scenario = make.scenario(seed=seed, reservation=0.0, red_lines=0.0, rules=0, events=False, rounds=8)
        session = played(scenario, "north", seed=seed)
        view, debrief = seat_of(session).view(), seat_of(session).debrief()
        last = [x for x in debrief.turning_points if x.kind == "last"]
        assert len(last) == (view.ended == "agreement" and any(e.kind == "sign" for e in view.log))
        for x in last:
            assert x.party == [e for e in view.log if e.kind == "sign"][-1].party and x.package == view.package
            seen.add(x.act)
            if x.act == "better":
                k = session.model.talks.parties.index(x.party)
                gains, offsets = session.model.talks.preferences.contributions[0, k], session.model.talks.space.offsets
                named = [(a + o, b + o) for a, b, o in zip(x.before, x.package, offsets, strict=False) if a != b]
                assert x.amount > 0 and named
                assert all(gains[b] > gains[a] for a, b in named), "only what is better for it is named"
        session.close()
    assert "better" in seen


def test_side_talks_are_resolved_with_what_the_delegation_would_honestly_have_said():
    session = Session(peacetable.load("white-house-2025"), 8, level="hard")
    session.start("ukraine")
    truths = []
    while session.running:
        if not session.awaiting:
            session.step()
            continue
        view, opening = seat_of(session).view(), seat_of(session).mandate().opening
        if view.soundings and view.round in (2, 9, 15):
            package = view.last["russia"]
            honest = session.model.delegations["russia"].honest(np.array(package, dtype=np.int16), 0)
            seat_of(session).sound("russia", package)
            truths.append((view.round, "russia", package, seat_of(session).view().log[-1].answer, honest))
        seat_of(session).propose(opening)
    debrief = seat_of(session).debrief()
    assert len(truths) == session.facts.soundings
    assert {truth for *_, truth in truths} != {"no"}, "the moment must matter"
    assert [(x.round, x.party, x.package, x.answer, x.truth) for x in debrief.told] == truths
    order = ("no", "could_move", "would_sign")
    assert all(order.index(x.truth) - order.index(x.answer) in (0, 1) for x in debrief.told)
    game = Sitting(8, "hard", "2026-01-02")
    seen = (session.facts, T, seat_of(session).view(), debrief)
    page = report.html(*seen, report.draw(*seen), game)
    assert "Seed 8" in page and "Hard" in page and T("end.told") in page and "2026" in page
    assert page.count(outcome.package_words(session.facts, truths[0][2])) >= 1
    screen = DebriefScreen(session.facts, T, seat_of(session).view(), debrief, game)
    for size, scale in SIZES:
        assert not fits(screen, size, scale)
    look = HistoryScreen(T, seat_of(session).chronicle(), at=10_000)
    shown = [w.label for w in walk(look.compose(Frame(theme.Theme(), pygame.Rect(0, 0, 1280, 720), 1.0, "normal")))]
    asked = outcome.package_words(session.facts, truths[0][2])
    assert sum(label.startswith("Asked about") and asked in label for label in shown) >= 1
    session.close()


def test_honest_answers_do_not_depend_on_candour():
    session = Session(peacetable.load("white-house-2025"), 1, level="hard")
    session.start("ukraine")
    opening = np.array(seat_of(session).mandate().opening, dtype=np.int16)
    for delegation in (d for p, d in session.model.delegations.items() if p != "ukraine"):
        assert delegation.answer(opening, 0, 0.0) == delegation.honest(opening, 0)
        worse = ("no", "no", "could_move")[("no", "could_move", "would_sign").index(delegation.honest(opening, 0))]
        assert delegation.answer(opening, 0, 0.99) == worse
    session.close()


def test_what_the_best_package_was_and_who_offered_it_do_not_contradict_what_was_left(small):
    session, debrief = small
    view, facts = seat_of(session).view(), session.facts
    best = next(w for w in debrief.worths if w.party == "us")
    spare = {p: u - 0.1 if p == "nato" else u + 0.1 for p, u in {s.party: s.utility for s in debrief.scores}.items()}
    none = replace(debrief, missed=None, better=None, own_best=Alternative(best.package, spare))
    assert "NATO" in outcome.left(facts, T, view, none)
    missed = TurningPoint(2, "missed", "us", package=best.package)
    for turns, words in (((missed,), "there for you to sign"), ((), f"in round {best.round}")):
        said = outcome.best(facts, T, view, replace(none, turning_points=turns))
        assert "United States" in said and words in said


def test_levels_that_are_worth_the_same_are_all_named_in_the_brief_and_in_the_debrief():
    assert favourites([(0.1, 0.3, 0.3), (0.2, 0.0)]) == ((1, 2), (0,))
    tied = 0
    for seed in (3, 8):
        session = played("white-house-2025", "ukraine", rounds=2, seed=seed)
        mandate, opened = seat_of(session).mandate(), {s.party: s for s in seat_of(session).debrief().sealed}["ukraine"]
        assert opened.best == favourites(mandate.gains)
        screen = BriefingScreen(session.facts, T, mandate)
        frame = Frame(theme.Theme(), pygame.Rect(0, 0, 1280, 720), 1.0, "normal")
        shown = " ".join(w.label for w in walk(screen.compose(frame)))
        for i, levels in enumerate(opened.best):
            assert outcome.best_levels(session.facts, i, levels) in shown
            tied += len(levels) > 1
        session.close()
    assert tied


def test_a_finished_game_on_disk_leads_to_its_debrief_and_report(tmp_path):
    session = Session(peacetable.load("white-house-2025"), 5, tmp_path / "games", rounds=3, level="easy")
    session.start("ukraine")
    while session.running:
        seat_of(session).propose(seat_of(session).mandate().opening) if session.awaiting else session.step()
    first, path, score = seat_of(session).debrief(), session.minutes_path, seat_of(session).debrief().scores[0].utility
    whole = path.read_bytes()
    session.start("ukraine")
    assert session.seed == 6 and session.model.seed_used == 6, "the next game has the next seed"
    assert "seed6" in session.minutes_path.name
    going = session.minutes_path
    seat_of(session).propose(seat_of(session).mandate().opening)
    session.close()
    with pytest.raises(PeacetableError):
        Session.finished(going)
    app = App(games=tmp_path / "games", pause=0.0)
    try:
        over = next(n for n, s in enumerate(app.screen.saved) if s.over)
        saved = app.screen.saved[over]
        assert (saved.seed, saved.level, saved.ended) == (5, "easy", "deadline")
        assert saved.scores == {"ukraine": pytest.approx(score, abs=1e-4)}
        assert "Seed 5" in app.find(f"saved.{over}.game").label and "Easy" in app.find(f"saved.{over}.game").label
        assert number(score) in app.find(f"saved.{over}.state").label
        hands.click(app, f"replay.{over}")
        hands.click(app, "debrief")
        for _ in range(300):
            if app.screen.debrief is not None:
                break
            app.tick()
        assert app.screen.debrief == first and "Seed 5" in app.find("game").label
        app.screen.folder = tmp_path / "reports"
        hands.click(app, "save")
        (written,) = (tmp_path / "reports").glob("*.html")
        assert "Seed 5" in written.read_text(encoding="utf-8") and path.read_bytes() == whole
        hands.press(app, pygame.K_ESCAPE)
        assert "Seed 5" in app.find("game").label
        app._go("title")
        hands.click(app, f"debrief.{over}")
        assert app.screen.name == "debrief"
        hands.wait(app)
        hands.click(app, "again")
        assert app.session.seed == 6
    finally:
        app.close()


def test_talks_that_go_on_or_that_nobody_played_have_no_debrief_to_open(small):
    chronicle = seat_of(small[0]).chronicle()
    here = Path("x.jsonl")
    assert HistoryScreen(T, chronicle, path=here).act(("debrief",)) == Reveal(here)
    for other in (replace(chronicle, sealed=True), replace(chronicle, played=())):
        assert HistoryScreen(T, other, path=here).act(("debrief",)) is None
    assert HistoryScreen(T, chronicle).path is None


def test_why_it_ended_names_who_signed_last_or_did_not(small, agreed):
    session, _ = agreed
    last = [e for e in seat_of(session).view().log if e.kind == "sign"][-1]
    said = outcome.why(session.facts, T, seat_of(session).view())
    assert "you" in said if last.party == session.people[0] else session.facts.party(last.party).label in said
    session, _ = small
    view = seat_of(session).view()
    assert view.ended == "deadline" and "not signed by" in outcome.why(session.facts, T, view)


# -- the screen ------------------------------------------------------------------------------------------------------


def fits(screen, size, scale, stark=False) -> list[str]:
    look = theme.Theme(theme.PALETTES["safe", stark], theme.fitted(size, scale))
    frame = Frame(look, pygame.Rect((0, 0), size), scale, "normal")
    stage = Stage(look)
    stage.load(screen.compose(frame), screen.dialog(frame), look)
    surface = pygame.Surface(size)
    stage.draw(surface)
    found = [p for w in stage.all() for p in w.overflow(look)]
    found += [f"{w.id} leaves" for w in stage.all() if w.clip is None and not surface.get_rect().contains(w.rect)]
    ids = [w.id for w in stage.all()]
    return found + [f"{id} twice" for id in set(ids) if ids.count(id) > 1]


def test_a_tooltip_leaves_the_buttons_beside_its_own_free(small):
    session, debrief = small
    screen = DebriefScreen(session.facts, T, seat_of(session).view(), debrief)
    look = theme.Theme(theme.DARK, 1.0)
    window = pygame.Rect(0, 0, 1280, 720)
    widgets = screen.compose(Frame(look, window, 1.0, "normal"))
    buttons = [w for w in widgets if w.id in ("again", "side", "save")]
    assert len(buttons) == 3
    for button in buttons:
        rects, text = [b.rect for b in buttons], "words " * 30
        tips = [Tooltip.beside(button.rect, text, look, window, rects)]
        for mouse in (button.rect.center, button.rect.topleft, (button.rect.right - 1, button.rect.bottom - 1)):
            tips.append(Tooltip.near(button.rect, text, look, window, mouse))
        for tip in tips:
            assert window.contains(tip.rect) and tip.rect.collidelist(rects) < 0


def test_the_debrief_fits_at_all_scales(small, large, agreed):
    for session, debrief in (small, large, agreed):
        screen = DebriefScreen(
            session.facts,
            T,
            seat_of(session).view(),
            debrief,
            Sitting(7, "hard", "2026-01-02", "C:/a/long/path/minutes.jsonl"),
        )
        for size, scale in SIZES if session is not agreed[0] else SIZES[1:3]:
            for tab in range(3):
                screen.act(("tab", tab))
                assert not fits(screen, size, scale), (size, scale, tab)
        assert not fits(screen, (1280, 720), 1.0, stark=True)


@pytest.mark.parametrize("name", ["white-house-2025", "winter-2026", "august-2025@as-conditions", "june-2026"])
def test_the_briefing_fits_and_shows_each_source(name):
    session = Session(peacetable.load(name), 1)
    session.start("ukraine")
    facts, screen = session.facts, BriefingScreen(session.facts, T, seat_of(session).mandate())
    for size, scale in SIZES:
        for page in range(3):
            screen.act(("page", page))
            assert not fits(screen, size, scale), (name, size, scale, page)
    k, said = next((k, s) for k, s in enumerate(facts.party("russia").stated) if len(s.sources) > 1)
    demand = facts.party("us").demands[0]
    longest = max(range(len(facts.background)), key=lambda n: len(facts.background[n].text))
    frame = Frame(theme.Theme(), pygame.Rect(0, 0, 1280, 720), 1.0, "normal")
    for what, text_, found in (
        (("stated", "russia", k), facts.issues[said.issue].levels[said.level].short, said.sources),
        (("demand", "us", 0), demand.says, demand.sources),
        (("known", longest), facts.background[longest].text, facts.background[longest].sources),
    ):
        screen.act(("source", *what))
        assert found and not fits(screen, (1280, 720), 2.0) and not fits(screen, (640, 360), 1.0)
        for source in found:
            shown = " ".join(w.label for w in walk([screen.dialog(frame)]))
            assert text_ in shown and source.speaker in shown and source.address in shown and source.stated in shown
            screen.act(("next_source",))
        screen.act(("close_source",))
        assert screen.dialog(frame) is None
    session.close()


@pytest.mark.parametrize(("size", "scale"), [((1280, 720), 1.0), ((1280, 720), 2.0)])
def test_what_everybody_knows_is_told_by_date_with_its_sources(size, scale):
    scenario = hands.demanding("weight")
    app = App(Session(scenario, 1), size, scale, pause=0.0, party="ukraine")
    app.tick()
    wide = hands.has(app, "beside")
    assert wide == (scale == 1.0) and not hands.has(app, "fact.0")
    hands.click(app, "beside" if wide else "page", 1 if wide else 2)
    told = [app.find(f"fact.{n}").label for n in range(3)]
    assert told == [scenario.background[n].text for n in (2, 1, 0)]
    assert [app.find(f"fact.{n}.date").label for n in range(2)] == ["About December 1994", "29 March 2022"]
    first, second = (scenario.sources[id] for id in scenario.background[2].sources)
    for how in ("mouse", "keys"):
        if how == "mouse":
            hands.click(app, "fact.0")
        else:
            hands.tab_to(app, "fact.0")
            hands.press(app, pygame.K_RETURN)
        shown = " ".join(w.label for w in app.stage.active())
        assert scenario.background[2].text in shown and first.stated in shown and second.stated not in shown
        hands.click(app, "source.next")
        assert second.stated in " ".join(w.label for w in app.stage.active())
        hands.press(app, pygame.K_ESCAPE)
        assert app.stage.dialog is None
    hands.press(app, pygame.K_2)
    assert not hands.has(app, "fact.0") and any(w.id.startswith("stated.russia") for w in app.stage.all())
    hands.press(app, pygame.K_3)
    assert hands.has(app, "fact.0")
    app.close()


def test_where_nothing_is_known_to_everybody_there_is_no_page_for_it():
    for size, scale in SIZES[:3]:
        app = App(Session(make.scenario(1), 1), size, scale, pause=0.0, party="north")
        app.tick()
        hands.press(app, pygame.K_3)
        assert not [w.id for w in app.stage.all() if w.id.startswith(("known", "fact", "beside"))]
        assert T("brief.page.known") not in " ".join(w.label for w in app.stage.all())
        app.close()


READINGS = [("weight", "veto"), ("condition", "veto"), ("condition", "penalty")]


@pytest.mark.parametrize(("reading", "red_lines"), READINGS)
def test_the_brief_says_what_is_demanded_and_how_it_is_read(reading, red_lines):
    scenario = hands.demanding(reading, red_lines)
    says = [demand.says for demand in scenario.parties[2].demands]
    frame = Frame(theme.Theme(), pygame.Rect(0, 0, 1280, 720), 1.0, "normal")
    shown = {}
    for party in ("us", "nato"):
        session = Session(scenario, 1)
        session.start(party)
        screen = BriefingScreen(session.facts, T, seat_of(session).mandate())
        widgets = {w.id: w.label for w in walk(screen.compose(frame))}
        assert [widgets[f"demand.us.{id}"] for id in ("size", "cover")] == says
        shown[party] = widgets
        page = " ".join(widgets.values())
        assert ("0.07" in page) == (party == "us" and reading == "weight") and "2.00" not in page
        session.close()
    own, other = (shown[party].get("demand.us.size.reading", "") for party in ("us", "nato"))
    wanted = {
        ("weight", "veto"): (T("brief.demand.weight.you", change="\N{MINUS SIGN}0.07"), ""),
        ("condition", "veto"): (T("brief.demand.condition.you"), T("brief.demand.condition")),
        ("condition", "penalty"): (T("brief.demand.penalty.you"), T("brief.demand.penalty")),
    }
    assert (own, other) == wanted[reading, red_lines]
    assert T("brief.demands") in shown["us"].values() and T("brief.demands") not in shown["nato"].values()


def test_what_misses_a_condition_is_worth_nothing_and_its_reasons_add_up():
    for red_lines in ("veto", "penalty"):
        session = Session(hands.demanding("condition", red_lines), 1)
        session.start("us")
        mandate, model = seat_of(session).mandate(), session.model
        p = model.talks.party_index("us")
        for package in itertools.product(*(range(len(i.levels)) for i in session.facts.issues)):
            array = np.array(package, dtype=np.int16)
            worth = float(model.talks.preferences.utility(array[None], p)[0])
            assert mandate.utility(package) == worth, "to the last bit"
            assert mandate.refuses(package) == bool(model.talks.preferences.vetoed(array, p))
            rows = mandate.reasons(package)
            assert all(abs(row.change) <= 1 for row in rows)
            assert sum(row.change for row in rows) == pytest.approx(worth - mandate.reservation, abs=1e-9)
        session.close()


@pytest.mark.quick
def test_the_window_works_out_a_large_debrief_and_saves_it(tmp_path):
    app = App(Session(peacetable.load("winter-2026"), 1, rounds=1), (1280, 720), pause=0.0, party="us")
    try:
        hands.click(app, "go")
        hands.wait(app)
        hands.press(app, pygame.K_p)
        hands.wait(app)
        hands.click(app, "debrief")
        assert app.screen.name == "debrief"
        for _ in range(300):
            if app.screen.debrief is not None:
                break
            assert hands.has(app, "working") and not hands.has(app, "save")
            app.tick()
        assert app.screen.debrief is not None
        app.screen.folder = tmp_path
        hands.click(app, "tab", 1)
        assert hands.has(app, "plane")
        hands.click(app, "other", 2)
        assert app.screen.other == app.screen.others[2]
        hands.click(app, "save")
        assert str(tmp_path) in app.screen.saved and len(list(tmp_path.glob("*.html"))) == 1
        hands.click(app, "save")
        assert len(list(tmp_path.glob("*.html"))) == 2
    finally:
        app.close()


def test_saving_where_it_is_not_possible_says_so(small, tmp_path):
    session, debrief = small
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    screen = DebriefScreen(session.facts, T, seat_of(session).view(), debrief, folder=blocked / "reports")
    screen.act(("save",))
    assert "cannot be saved" in screen.saved


# -- the report ------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Notes tags that stay open and everything that a tag refers to."""

    VOID = {"meta", "img", "br", "link"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.refers = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.refers += [value for name, value in attrs if name in ("src", "href", "data", "srcset", "action")]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.quick
def test_the_report_stands_alone(small, large, agreed, tmp_path):
    for session, debrief in (small, large, agreed):
        path = report.save(session.facts, T, seat_of(session).view(), debrief, tmp_path)
        written = path.read_text(encoding="utf-8")
        page = Page()
        page.feed(written)
        assert not page.open and not page.wrong
        assert page.refers and all(r.startswith("data:image/png;base64,") for r in page.refers)
        without = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", written)
        assert not re.search(r"https?://|url\(|@import|<script|<link", without)
        pictures = sorted(tmp_path.glob(f"{path.stem}-*.png"))
        assert len(pictures) == len(session.facts.parties)
        assert all(p.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" for p in pictures)
        for score in debrief.scores:
            assert session.facts.party(score.party).label in written
        assert "{" not in re.sub(r"<style>.*?</style>", "", without, flags=re.S)


def test_charts_on_paper_can_be_read():
    paper = report.PAPER
    for ink in ("text", "muted", "gold", "good"):
        assert theme.contrast(getattr(paper, ink), paper.panel) >= 4.5, ink
    assert {f.name for f in fields(paper)} == {f.name for f in fields(theme.DARK)}


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_the_report_opens_in_a_browser(small, tmp_path):
    session, debrief = small
    path = report.save(session.facts, T, seat_of(session).view(), debrief, tmp_path)
    picture = tmp_path / "page.png"
    call = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=900,1200"]
    subprocess.run([*call, f"--screenshot={picture}", path.as_uri()], check=True, capture_output=True, timeout=120)
    shown = pygame.image.load(str(picture))
    colours = {shown.get_at((x, y))[:3] for x in range(0, 900, 3) for y in range(0, 1200, 5)}
    assert len(colours) > 20


# -- sounds ----------------------------------------------------------------------------------------------------------


def test_sounds_are_quiet_short_and_soft_at_the_edges():
    for name in sound.NOTES:
        wave = sound.wave(name)
        assert wave.dtype == np.int16 and wave.shape[1] == 2 and 0.1 < len(wave) / sound.RATE < 1.6
        assert 500 < np.abs(wave).max() <= 0.2 * 32_767
        assert np.abs(wave[:5]).max() < 400 and np.abs(wave[-5:]).max() < 400


def test_sounds_follow_the_setting_and_the_moves(small):
    assert sound.wanted("always", 3) and sound.wanted("single", 1)
    assert not sound.wanted("single", 2) and not sound.wanted("off", 1)
    log = seat_of(small[0]).view().log
    assert sound.heard(log) == "end" and sound.heard(log[:1]) == "propose" and sound.heard(()) == ""


def test_sounds_never_fail(monkeypatch):
    sounds = sound.Sounds(on=True)
    for name in (*sound.NOTES, ""):
        sounds.play(name)
    sounds.close()

    def broken(*args, **kwargs):
        raise pygame.error("no audio device")

    pygame.mixer.quit()
    monkeypatch.setattr(pygame.mixer, "init", broken)
    sounds = sound.Sounds(on=True)
    sounds.play("sign")
    assert sounds.works is False
    sounds.play("sign")
    silent = sound.Sounds()
    silent.play("sign")
    assert silent.works is None
