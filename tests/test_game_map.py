"""The map: the projection, what each level draws, and the screen."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
from fnmatch import fnmatch

import numpy as np
import pygame
import pytest

import hands
import make
import peacetable
from peacetable.files import shipped
from peacetable.game import theme
from peacetable.game.app import App
from peacetable.game.screens.base import Frame
from peacetable.game.screens.map import BOTH, OFFER, MapScreen
from peacetable.game.ui import MapView, Stage
from peacetable.game.ui.icons import ICONS
from peacetable.game.ui.mapland import Ground
from peacetable.game.ui.mapview import Painter
from peacetable.resources import asset
from peacetable.seat import cartography
from peacetable.seat.cartography import atlas, circle, mappable, project
from peacetable.seat.linework import thinned
from peacetable.seat.session import Session, public_facts
from peacetable.seat.views import Offer, View
from peacetable.words.catalogue import catalogue

SCENARIOS = (*shipped(), "venue-2025@more-cities")
SIZES = [((1280, 720), 1.0), ((1280, 720), 1.5), ((1280, 720), 2.0), ((1920, 1080), 1.5), ((640, 360), 1.0)]


@pytest.fixture(scope="module", autouse=True)
def window():
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((64, 64))


def view_of(facts, package=None) -> View:
    """A table at which the second party has a package on the table."""
    other = facts.parties[1].id
    offers = {} if package is None else {other: Offer(other, package, (other,), tuple(p.id for p in facts.parties))}
    last = {} if package is None else {other: package}
    return View(facts.parties[0].id, 1, 9, (), False, offers, last, {}, tuple(p.id for p in facts.parties), ())


def framed(size, scale, stark=False) -> Frame:
    look = theme.Theme(theme.PALETTES["safe", stark], theme.fitted(size, scale))
    return Frame(look, pygame.Rect((0, 0), size), scale, "normal")


def staged(screen, frame) -> Stage:
    stage = Stage(frame.look)
    stage.load(screen.compose(frame), screen.dialog(frame), frame.look)
    return stage


# -- projection and data ---------------------------------------------------------------------------------------------


def test_the_projection_keeps_distances_near_the_parallels():
    kyiv, lviv = [30.52, 50.45], [24.03, 49.84]
    flat = float(np.hypot(*np.diff(project(np.array([kyiv, lviv])), axis=0)[0]))
    a, b, c, d = map(math.radians, (*kyiv, *lviv))
    sphere = 6371 * math.acos(math.sin(b) * math.sin(d) + math.cos(b) * math.cos(d) * math.cos(a - c))
    assert flat == pytest.approx(sphere, rel=0.003)
    assert project([cartography.CENTRE])[0] == pytest.approx([0, 0], abs=1e-9)


def test_the_projection_keeps_angles():
    for at in ([24.0, 45.0], [31.0, 50.0], [39.0, 48.0]):
        east, north = np.diff(project([at, [at[0] + 1e-4, at[1]], at, [at[0], at[1] + 1e-4]]), axis=0)[[0, 2]]
        east = east / math.cos(math.radians(at[1]))
        assert np.hypot(*east) == pytest.approx(np.hypot(*north), rel=1e-4)
        assert abs(float(east @ north)) < 1e-4 * float(north @ north)


def test_a_circle_is_round():
    ring = project(circle([28.5, 44.4], 450))
    far = np.hypot(*(ring - project([[28.5, 44.4]])).T)
    assert far.min() > 440 and far.max() < 460


def inside(place, rings) -> bool:
    """Whether a point lies in an area of rings."""
    hits = 0
    for ring in rings:
        x, y = ring.T
        x2, y2 = np.roll(x, -1), np.roll(y, -1)
        cut = (y > place[1]) != (y2 > place[1])
        hits += int((cut & (place[0] < x + (place[1] - y) / np.where(y2 == y, 1, y2 - y) * (x2 - x))).sum())
    return hits % 2 == 1


def test_every_asset_has_its_licence():
    folder = asset("map", "base.json").parents[1]
    named = re.findall(r"`([\w*./-]+)`", (folder / "ATTRIBUTIONS.md").read_text(encoding="utf-8"))
    files = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    assert len(files) > 6
    assert not [f for f in files if f != "ATTRIBUTIONS.md" and not any(fnmatch(f, n) for n in named)]
    assert not [n for n in named if not n.startswith("src/") and "/" in n and not any(fnmatch(f, n) for f in files)]


def test_distances_and_bearings():
    kyiv, geneva, doha = (30.52, 50.45), (6.14, 46.2), (51.53, 25.29)
    assert cartography.distance(kyiv, geneva) == pytest.approx(1855, rel=0.01)
    assert cartography.distance(kyiv, doha) == pytest.approx(3300, rel=0.02)
    assert cartography.bearing(kyiv, (30.52, 55)) == pytest.approx(0, abs=1e-9)
    assert 250 < cartography.bearing(kyiv, geneva) < 270 and 120 < cartography.bearing(kyiv, doha) < 150


def test_mercator_keeps_angles_and_meridians_upright():
    for at in ([12.0, 41.0], [31.0, 50.0], [40.0, 57.0]):
        east, north = np.diff(cartography.mercator([at, [at[0] + 1e-4, at[1]], at, [at[0], at[1] + 1e-4]]), axis=0)[
            [0, 2]
        ]
        assert east[0] / math.cos(math.radians(at[1])) == pytest.approx(north[1], rel=1e-4)
        assert abs(north[0]) < 1e-9 and abs(east[1]) < 1e-9


@pytest.mark.parametrize("size", [(908, 531), (450, 531), (750, 367), (1600, 500), (300, 600), (640, 640)])
def test_no_picture_shows_what_lies_beyond_the_data(size):
    for sheet in atlas().sheets:
        fit = cartography.Fit(sheet, size, (7, 5))
        edge = [fit(cartography.frame(sheet.edge)) - (7, 5)]
        for x in (1, size[0] / 2, size[0] - 1):
            for y in (1, size[1] / 2, size[1] - 1):
                assert inside((x, y), edge), (sheet.id, size, x, y)


def test_the_border_is_that_of_ukraine_with_crimea():
    lines = atlas().border
    length = sum(np.hypot(*np.diff(project(line), axis=0).T).sum() for line in lines)
    assert 5_500 < length < 9_500, "about 7,000 km with the coast"
    main, crimea = ({tuple(p) for ring in atlas().rings[name] for p in ring} for name in ("ukraine", "crimea"))
    drawn = {tuple(p) for line in lines for p in line}
    assert len(main & crimea) > 4 and len(main & crimea & drawn) <= 4, "nothing is drawn between Crimea and the rest"
    assert len((main ^ crimea) - drawn) < 30
    line = project(max(lines, key=len))
    thin = thinned(line, 5.0)
    assert len(thin) < len(line) / 2 and (thin[[0, -1]] == line[[0, -1]]).all()


def test_the_map_data_is_small_and_complete():
    base = asset("map", "base.json")
    assert base.stat().st_size < 120_000
    known = atlas()
    assert len(known.rings["crimea"]) == 1 and len(known.rings["ukraine"]) >= 1
    simferopol = (34.1, 44.95)
    assert inside(simferopol, known.rings["crimea"])
    assert not any(inside(simferopol, rings) for name, rings in known.rings.items() if name != "crimea")
    assert inside((30.52, 50.45), known.rings["ukraine"])
    assert not inside((30.52, 50.45), known.rings["russia"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_level_has_marks_and_words(name):
    facts, t, known = public_facts(peacetable.load(name)), catalogue(), atlas()
    sheet = known.sheet(facts)
    for issue in facts.issues:
        if issue.id not in sheet.issues:
            continue
        for level in issue.levels:
            assert level.id in known.layers[issue.id], f"layers.json has nothing for {issue.id}={level.id}"
            assert t.has(f"map.say.{issue.id}.{level.id}")


def test_layers_name_only_what_there_is():
    known, t = atlas(), catalogue()
    everything = [(i, k, m) for i, levels in known.layers.items() for k, marks in levels.items() for m in marks]
    scenarios = [peacetable.load(name) for name in SCENARIOS]
    ids = {(issue.id, level.id) for s in scenarios for issue in s.issues for level in issue.levels}
    ids |= {("monitoring", "remote_plus_ground")}  # games of 0.3.0 hold it
    for issue, level, mark in everything:
        assert (issue, level) in ids
        assert not mark.label or t.has(mark.label)
        assert mark.data.get("sign", "eye") in ICONS
        assert mark.data.get("shape", "front") in known.shapes
        for name in mark.data.get("of", ()):
            assert known.outline(name)
    for sheet in known.sheets:
        assert all(t.has(key) for key, _ in (*sheet.names, *sheet.cities))
    plan = json.loads(asset("map", "layers.json").read_text(encoding="utf-8"))
    placed = ("dots", "base", "reach", "signs", "area", "line")
    assert not [m for _, _, m in everything if m.kind in placed and not m.illustrative], "no source gives these places"
    assert set(plan) == {"note", "edge", "sheets", "shapes", "issues"}


# -- pictures --------------------------------------------------------------------------------------------------------


def picture(sheet, shown, size=(420, 300)) -> bytes:
    look = theme.Theme()
    surface = pygame.Surface(size)
    t = catalogue()
    MapView("map", pygame.Rect((0, 0), size), "", sheet, shown, t, [("sanctions", "x")]).draw(surface, look)
    return pygame.image.tobytes(surface, "RGB")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_level_draws_what_the_layers_say(name):
    facts, known = public_facts(peacetable.load(name)), atlas()
    sheet = known.sheet(facts)
    nothing = picture(sheet, ())
    assert picture(sheet, ()) == nothing
    for issue in facts.issues:
        if issue.id not in sheet.issues:
            continue
        seen = {}
        for level in issue.levels:
            drawn = picture(sheet, ((issue.id, level.id),))
            assert (drawn != nothing) == bool(known.marks(issue.id, level.id)), (issue.id, level.id)
            seen[level.id] = drawn
        chips = [k for k in seen if all(m.kind == "chip" for m in known.marks(issue.id, k))]
        placed = [drawn for k, drawn in seen.items() if k not in chips]
        assert len(set(placed)) == len(placed), f"two levels of {issue.id} look alike"


def test_crimea_is_ukrainian_and_hatched():
    sheet, size = atlas().sheets[0], (900, 600)
    look = theme.Theme()
    surface = pygame.Surface(size)
    MapView("map", pygame.Rect((0, 0), size), "", sheet, (), catalogue()).draw(surface, look)
    ground, fit = Ground(look.palette), cartography.Fit(sheet, size)
    x, y = (round(v) for v in fit.point((34.3, 45.6)))
    patch = {surface.get_at((x + dx, y + dy))[:3] for dx in range(-14, 15) for dy in range(-9, 10)}

    def near(colour):
        return any(sum(abs(a - b) for a, b in zip(colour, seen, strict=True)) < 12 for seen in patch)

    assert near(ground.ukraine), "Crimea has the colour of Ukraine"
    assert len(patch) > 2 and min(sum(c) for c in patch) < sum(ground.ukraine) - 60, "and is hatched"
    assert not near(ground.land)


def painted(sheet, shown, size, scale=1.0, cities=()) -> Painter:
    look = theme.Theme(scale=scale)
    painter = Painter(MapView("map", pygame.Rect((0, 0), size), "", sheet, shown, catalogue(), cities=cities), look)
    painter.picture()
    return painter


def test_dots_are_as_many_as_the_label_says():
    for level, marks in atlas().layers["ground_force"].items():
        dots = sum(group[2] for mark in marks for group in mark.data["groups"])
        said = [catalogue()(mark.label) for mark in marks]
        assert dots == sum(int(words.split(",")[0]) for words in said), level


@pytest.mark.parametrize(("size", "scale"), [((908, 531), 1.0), ((450, 531), 1.0), ((749, 367), 2.0)])
@pytest.mark.parametrize("name", ["winter-2026", "august-2025", "june-2026"])
def test_no_symbol_covers_another_whatever_the_package(name, size, scale):
    facts = public_facts(peacetable.load(name))
    sheet = atlas().sheet(facts)
    symbols = {
        (issue.id, level.id): [
            (kind, pygame.Rect(at))
            for kind, at in painted(sheet, [(issue.id, level.id)], size, scale).marks.symbols
            if kind != "dashed"
        ]
        for issue in facts.issues
        for level in issue.levels
    }
    found = []
    for one, other in itertools.combinations(symbols, 2):
        for (kind, a), (also, b) in itertools.product(symbols[one], symbols[other]):
            apart = math.dist(a.center, b.center) > 0.9 * (a.width + b.width) / 2
            if one[0] != other[0] and not apart and not kind == also == "arrow" and not kind == also == "city":
                found.append((one, kind, other, also))
    for level, marks in symbols.items():
        for (kind, a), (also, b) in itertools.combinations(marks, 2):
            if kind != also and "arrow" not in (kind, also) and math.dist(a.center, b.center) < 0.8 * a.width / 2:
                found.append((level, kind, also))
    assert not found


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_word_covers_another_and_crimea_is_named(name):
    facts, rng = public_facts(peacetable.load(name)), random.Random(3)
    sheet = atlas().sheet(facts)
    cities = [(i.id, level.id) for i in facts.issues for level in i.levels if i.id == "venue"]
    for size, scale in (((908, 531), 1.0), ((450, 531), 1.0), ((749, 367), 2.0), ((760, 455), 1.5), ((1590, 890), 1.0)):
        for _ in range(4):
            shown = [(i.id, rng.choice(i.levels).id) for i in facts.issues]
            painter = painted(sheet, shown, size, scale, cities)
            whole = pygame.Rect((0, 0), size)
            taken = [pygame.Rect(at) for at in painter.marks.places.taken]
            assert all(whole.contains(rect) for rect in taken)
            for a, b in itertools.combinations(taken, 2):
                assert not a.colliderect(b), (name, size, shown)
            said = " ".join(words for words, *_ in painter.words.written)
            assert "Crimea" in said and "occupied" in said and "UKRAINE" in said, (size, shown)
            assert not painter.words.lost


def test_text_and_picture_agree_on_where_the_cities_are():
    facts, t = public_facts(peacetable.load("venue-2025@more-cities")), catalogue()
    sheet, venue = atlas().sheet(facts), facts.issues[0]
    cities = [(venue.id, level.id) for level in venue.levels]
    for level in venue.levels:
        (mark,) = atlas().marks("venue", level.id)
        said = t(f"map.say.venue.{level.id}")
        for size, scale in (((908, 531), 1.0), ((450, 531), 1.0), ((749, 367), 2.0)):
            painter = painted(sheet, [("venue", level.id)], size, scale, cities)
            names = [words for words, *_ in painter.words.written]
            on_it = painter.area.collidepoint([v / 2 for v in painter.marks.fit.point(mark.data["at"])])
            assert on_it == sheet.holds(mark.data["at"]) == ("round" in said) == ("list" not in said)
            assert (t(mark.label) in names) == on_it
            outside = [t(m.label) for m, _ in painter.cities.outside(painter.cities.rows(400))]
            assert outside == ["Geneva", "Doha"]
            listed = painter.cities.outside(painter.cities.rows(painter.list_area.width))
            assert painter.cities.height(listed) <= painter.list_area.height


# -- the screen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_everything_fits_at_all_scales(name):
    facts = public_facts(peacetable.load(name))
    draft = tuple(len(i.levels) - 1 for i in facts.issues)
    offer = tuple(0 for _ in facts.issues)
    for size, scale in SIZES:
        for stark in (False, True) if size == (1280, 720) and scale == 1 else (False,):
            screen = MapScreen(facts, catalogue(), view_of(facts, offer), draft)
            for which in (0, OFFER, BOTH):
                screen.act(("which", which))
                frame = framed(size, scale, stark)
                stage = staged(screen, frame)
                surface = pygame.Surface(size)
                stage.draw(surface)
                found = [p for w in stage.all() for p in w.overflow(frame.look)]
                found += [w.id for w in stage.all() if w.clip is None and not surface.get_rect().contains(w.rect)]
                assert not found, (name, size, scale, which)


def test_toggles_change_the_picture_and_both_maps_are_compared():
    facts = public_facts(peacetable.load("white-house-2025"))
    screen = MapScreen(facts, catalogue(), view_of(facts, (0, 0, 0, 0, 4)), (3, 2, 2, 4, 1))
    frame = framed((1280, 720), 1.0)

    def shown() -> bytes:
        surface = pygame.Surface((1280, 720))
        staged(screen, frame).draw(surface)
        return pygame.image.tobytes(surface, "RGB")

    seen = {shown()}
    for issue in facts.issues:
        stage = staged(screen, frame)
        toggle = stage.find(f"toggle.{issue.id}")
        assert toggle.focusable and toggle.role == "checkbox" and toggle.chosen
        screen.act(toggle.key(pygame.K_SPACE, False))
        seen.add(shown())
    assert len(seen) == 6 and screen.off == {i.id for i in facts.issues}
    screen.act(("all",))
    assert not screen.off
    screen.act(("which", BOTH))
    stage = staged(screen, frame)
    assert stage.find("map").shown != stage.find("map.other").shown
    assert "None" in stage.find("legend.ground_force.differs").label
    assert "llustrative" in stage.find("legend.ground_force").label


def test_without_offers_and_without_a_map():
    facts = public_facts(peacetable.load("venue-2025"))
    screen = MapScreen(facts, catalogue(), view_of(facts), None)
    stage = staged(screen, framed((1280, 720), 1.0))
    assert "Nobody" in stage.find("compare.none").label
    strange = public_facts(make.scenario(seed=1))
    assert not mappable(strange)
    with pytest.raises(ValueError, match="nothing to show"):
        MapScreen(strange, catalogue(), view_of(strange), None)


def test_the_map_opens_from_the_table_by_key_and_by_mouse_and_leads_back():
    app = App(Session(peacetable.load("white-house-2025"), 1), (1280, 720), pause=0.0, party="ukraine")
    try:
        hands.click(app, "go")
        hands.wait(app)
        draft = app.screen.draft
        hands.click(app, "map")
        assert app.screen.name == "map"
        hands.click(app, "toggle.ground_force")
        assert app.screen.off == {"ground_force"}
        hands.tab_to(app, "toggle.air_cover")
        hands.press(app, pygame.K_SPACE)
        assert app.screen.off == {"ground_force", "air_cover"}
        hands.press(app, pygame.K_ESCAPE)
        assert app.screen.name == "table" and app.screen.draft == draft
        hands.press(app, pygame.K_m)
        assert app.screen.name == "map"
        hands.click(app, "back")
        assert app.screen.name == "table"
    finally:
        app.close()
