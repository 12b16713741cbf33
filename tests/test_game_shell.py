"""Around the game: title, settings, several persons at one screen, games that go on, talks looked at again."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest
from click.testing import CliRunner

import peacetable
from hands import KEYBOARDS, US, click, crossing, has, press, press_on, reach, tab_to, wait
from hands import place as place_of
from make import seat_of
from peacetable.errors import PeacetableError
from peacetable.files import shipped
from peacetable.game import keys, store, theme
from peacetable.game.app import App
from peacetable.game.screens import Begin, Change, Replay, Resume
from peacetable.game.screens.base import Kept
from peacetable.game.sound import Sounds
from peacetable.game.store import Settings
from peacetable.game.ui import Label
from peacetable.scenario.utility import GRAIN
from peacetable.seat import difficulty
from peacetable.seat.session import Session, read_chronicle
from peacetable.table import minutes
from peacetable.table.record import PRIVATE
from peacetable.words import log
from peacetable.words.catalogue import catalogue, number

T = catalogue()

SIDES = ("ukraine", "russia", "us", "coalition", "nato")
GAMES = [(name, side) for name in shipped() for side in SIDES]
EVERY = bool(os.environ.get("PEACETABLE_EVERY_GAME"))  # set by hand: every side of every scenario, mouse and keyboard
SOME = GAMES if EVERY else GAMES[::4]
EVENTS, CUTS = (20_000, 200) if EVERY else (1_000, 6)


@pytest.fixture(scope="module")
def scenario():
    return peacetable.load("white-house-2025")


@pytest.fixture
def window(tmp_path):
    """Opens windows with the title screen, or as asked, and closes them after the test."""
    apps = []

    def make_app(session=None, size=(1280, 720), pause=0.0, **options) -> App:
        options = {"games": tmp_path / "games", "config": tmp_path / "config", "seed": 5} | options
        apps.append(App(session, size, pause=pause, **options))
        apps[-1].tick()
        return apps[-1]

    yield make_app
    for app in apps:
        app.close()


def key_of(app: App, id: str, key: int = pygame.K_RETURN) -> None:
    """Go to a widget with Tab and press a key on it."""
    tab_to(app, id)
    press(app, key)


def position(session: Session) -> bytes:
    """Everything the model knows about where the talks stand."""
    state = session.model.state
    arrays = [v.tobytes() for v in vars(state).values() if isinstance(v, np.ndarray)]
    numbers = session.model.talks.preferences.contributions.tobytes()
    return b"".join([*arrays, numbers, repr((state.round, state.turn, session.awaiting, session.running)).encode()])


def play_on(session: Session, moves: int, rng: random.Random) -> None:
    """Some turns; persons propose their best package, or sign."""
    for _ in range(moves):
        if not session.running:
            return
        if not session.awaiting:
            session.step()
            continue
        mandate, offers = seat_of(session).mandate(), seat_of(session).view().acceptable()
        fine = [o for o in offers if not mandate.crossed(o.package)]
        if fine and rng.random() < 0.4:
            seat_of(session).sign(fine[0].of)
        else:
            seat_of(session).propose(mandate.opening)


# -- title -----------------------------------------------------------------------------------------------------------


@pytest.mark.quick
def test_a_game_from_the_title_by_mouse(window):
    app = window()
    assert app.screen.name == "title"
    click(app, "scenario.venue-2025")
    assert app.screen.begin.scenario == "venue-2025"
    click(app, "level.hard")
    click(app, "seat.nato")
    click(app, "begin")
    assert app.screen.name == "briefing" and app.session.people == ("nato",) and app.session.level == "hard"
    assert app.session.seed == 5
    click(app, "back")
    click(app, "menu")
    click(app, "title")
    assert app.screen.begin.people == ("nato",)
    click(app, "seat.nato")
    click(app, "begin")
    assert app.screen.name == "sides"


@pytest.mark.quick
def test_a_game_from_the_title_by_keyboard(window):
    app = window()
    assert app.stage.focus_id == "begin"
    key_of(app, "scenario.white-house-2025")
    key_of(app, "variant.alaska")
    assert app.screen.begin.scenario == "white-house-2025@alaska"
    tab_to(app, "seed")
    for key in (pygame.K_BACKSPACE, pygame.K_4, pygame.K_KP2, pygame.K_7, pygame.K_BACKSPACE):
        press(app, key)
    assert app.screen.begin.seed == 42
    key_of(app, "seat.us", pygame.K_SPACE)
    key_of(app, "begin")
    assert app.screen.name == "briefing" and app.session.seed == 42 and app.seat.party == "us"
    assert app.session.scenario.name == "white-house-2025@alaska"


def test_every_scenario_and_variant_can_be_chosen(window):
    app = window()
    for offered in app.screen.shelf:
        for variant in ("", *offered.variants):
            name = f"{offered.name}@{variant}" if variant else offered.name
            app._act(("scenario", name))
            assert app.screen.begin.scenario == name and not app.screen.notice


def test_difficulty_changes_concessions_and_candour_only(scenario):
    usual = {p.id: p.strategy.bidding.params["exponent"] for p in scenario.parties}
    for name, level in difficulty.DIFFICULTIES.items():
        session = Session(scenario, 1, level=name)
        session.start("us")
        for party, delegation in session.model.delegations.items():
            exponent = delegation.strategy.bidding.params["exponent"]
            assert exponent == pytest.approx(usual[party] * (level.concession if level else 1.0))
            assert delegation.party.candour.value == (level.candour if level else 0.8)
            assert (
                delegation.party.reservation == scenario.parties[session.model.talks.parties.index(party)].reservation
            )
        session.close()


# -- settings --------------------------------------------------------------------------------------------------------


def test_settings_hold_at_once_and_are_remembered(window, tmp_path):
    app = window()
    click(app, "settings")
    click(app, "set.contrast.true")
    assert app.look.palette.background == (0, 0, 0)
    click(app, "set.letters.large")
    assert app.look.large
    click(app, "set.scale.1.25")
    click(app, "set.palette.classic")
    key_of(app, "set.pace.fast")
    click(app, "key.propose")
    press(app, pygame.K_TAB)
    assert "Tab".lower() in app.screen.notice
    click(app, "key.propose")
    press(app, pygame.K_s)
    assert app.settings.keys["propose"] == "s" and app.settings.keys["sign"] == "p"
    press(app, pygame.K_ESCAPE)
    assert app.screen.name == "title"
    found, notice = store.load_settings(tmp_path / "config", T)
    assert found == app.settings and not notice
    assert (found.scale, found.pace, found.palette, found.contrast) == (1.25, "fast", "classic", True)


def test_a_changed_key_does_what_it_says(window, scenario):
    app = window(Session(scenario, 1), party="ukraine", settings=Settings().with_key("propose", "x"))
    click(app, "go")
    wait(app)
    press(app, pygame.K_p)
    assert app.session.awaiting
    press(app, pygame.K_x)
    assert not app.session.awaiting


@pytest.mark.quick
@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_key_means_its_letter_or_its_place(keyboard):
    """Every letter, digit, comma and period can be had; no key means two things, and commands mean none of them."""
    signs, found = KEYBOARDS[keyboard], {}
    assert len(signs) == len(US)
    for at, sign in zip(US, signs, strict=True):
        event = pygame.event.Event(pygame.KEYDOWN, key=ord(sign), scancode=place_of(at), mod=0, unicode=sign)
        found.setdefault(chr(keys.meant(event)), []).append(sign)
        assert chr(keys.meant(event)) == sign or not sign.isascii() or at.isdigit(), "what is written on it goes first"
        for mod in (pygame.KMOD_CTRL, pygame.KMOD_RALT, pygame.KMOD_MODE, pygame.KMOD_LMETA):
            event = pygame.event.Event(pygame.KEYDOWN, key=ord(sign), scancode=place_of(at), mod=mod, unicode=sign)
            assert keys.meant(event) == pygame.K_UNKNOWN
    assert all(len(some) == 1 for some in found.values())
    wanted = set(US) - set("[];'") - ({"q"} if keyboard == "greek" else set())
    assert wanted - {"."} <= set(found) and (keyboard == "french" or "." in found)
    for key in (pygame.K_RETURN, pygame.K_SPACE, pygame.K_DELETE, pygame.K_UP, pygame.K_KP5, pygame.K_F11):
        assert keys.meant(pygame.event.Event(pygame.KEYDOWN, key=key, scancode=place_of("1"), mod=0)) == key
    assert keys.meant(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_m)) == pygame.K_m, "made without a place"


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_whole_game_on_other_keyboards(window, scenario, keyboard):
    """Views, map, talk, history, copying, taking back, proposing, signing, and a key changed to another letter."""
    app = window(Session(scenario, 1), (1920, 1080), party="ukraine")
    click(app, "go")
    wait(app)
    for n in (1, 2, 3, 4, 2):
        press_on(app, keyboard, str(n))
        assert app.screen.tab == n - 1
    press_on(app, keyboard, "m", pygame.KMOD_CTRL)
    press_on(app, keyboard, "p", pygame.KMOD_RALT)
    assert app.screen.name == "table" and app.session.awaiting
    for key, screen in (("m", "map"), ("h", "history")):
        press_on(app, keyboard, key)
        assert app.screen.name == screen
        press(app, pygame.K_ESCAPE)
        assert app.screen.name == "table"
    for _ in range(3):
        press_on(app, keyboard, "c")
        press_on(app, keyboard, "u")
        press_on(app, keyboard, "p")
        wait(app)
    app.screen.act(("undo",))
    app._go("settings")
    click(app, "key.propose")
    press_on(app, keyboard, "x")
    assert app.settings.keys["propose"] == "x"
    press(app, pygame.K_ESCAPE)
    while app.session.running:
        before = len(app.seat.view().log)
        press_on(app, keyboard, "p")
        assert len(app.seat.view().log) == before, "no longer the key for it"
        press_on(app, keyboard, "x")
        wait(app)
    app._act(("debrief",))
    assert app.screen.name == "debrief"
    for n in (2, 3, 1):
        press_on(app, keyboard, str(n))
        assert app.screen.tab == n - 1


def test_a_seed_is_typed_on_a_french_keyboard(window):
    """The digits with Shift and without; a key that was set by its own letter before letters had places goes on."""
    app = window(settings=Settings().with_key("map", "&"))
    tab_to(app, "seed")
    press(app, pygame.K_BACKSPACE)
    for sign, mod in (("é", 0), ("é", pygame.KMOD_SHIFT), ("à", 0), ("é", pygame.KMOD_RALT), ("é", pygame.KMOD_CTRL)):
        press(app, ord(sign), mod, place_of("2" if sign == "é" else "0"))
    assert app.find("seed").value == "220"
    assert (
        keys.chosen(pygame.event.Event(pygame.KEYDOWN, key=ord("&"), scancode=place_of("1"), mod=0), app.settings.keys)
        == "map"
    )


def test_the_map_and_the_talk_follow_changed_keys(window, scenario):
    settings = Settings()
    for what, key in (("map", "x"), ("copy", "y"), ("both", "z"), ("talk", "o"), ("propose", "b"), ("sign", "m")):
        settings = settings.with_key(what, key)
    app = window(Session(scenario, 1), (1920, 1080), party="ukraine", settings=settings)
    click(app, "go")
    wait(app)
    press(app, pygame.K_b)
    wait(app)
    press(app, pygame.K_x)
    assert app.screen.name == "map"
    shown = app.find("hint.keys").label
    assert all(f"{letter} " in shown for letter in "XYZ") and "M " not in shown
    assert len(app.screen.others) > 1
    press(app, pygame.K_c)
    press(app, pygame.K_b)
    assert (app.screen.at, has(app, "map.other")) == (0, False)
    press(app, pygame.K_y)
    press(app, pygame.K_z)
    assert (app.screen.at, has(app, "map.other")) == (1, True)
    press(app, pygame.K_m)
    assert app.screen.name == "map"
    press(app, pygame.K_x)
    assert app.screen.name == "table" and "O side talk" in app.find("hint.keys").label
    press(app, pygame.K_t)
    assert app.screen.name == "table"
    press(app, pygame.K_o)
    assert app.screen.name == "talk"
    press(app, pygame.K_t)
    assert app.screen.name == "talk"
    press(app, pygame.K_o)
    assert app.screen.name == "table"


def test_keys_of_an_older_file_leave_room_for_new_ones(tmp_path):
    older = {what: key for what, key in store.KEYS.items() if what != "both"} | {"propose": "b"}
    (tmp_path / store.FILE).write_text(json.dumps({"keys": older}), encoding="utf-8")
    found, notice = store.load_settings(tmp_path, T)
    assert not notice and {w: found.keys[w] for w in older} == older
    assert found.keys["both"] not in older.values()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{not json", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"scale": 7, "pace": "fast"}', "scale"),
        ('{"contrast": 1, "pace": "fast"}', "contrast"),
        ('{"keys": {"propose": "s", "sign": "s"}, "pace": "fast"}', "keys"),
        ('{"keys": 3, "pace": "fast"}', "keys"),
        ("\x00\xff", "cannot be read"),
    ],
)
def test_a_broken_settings_file_gives_defaults_and_a_notice(window, tmp_path, text, wrong):
    (tmp_path / store.FILE).write_text(text, encoding="latin-1")
    found, notice = store.load_settings(tmp_path, T)
    assert wrong in notice and str(tmp_path) in notice
    assert found == replace(Settings(), pace="fast" if "fast" in text else "normal")
    app = window(settings=found, notice=notice)
    assert app.find("hint").label == notice


def test_settings_that_cannot_be_kept_say_so(window, tmp_path):
    (tmp_path / "config").write_text("a file where a folder should be", encoding="utf-8")
    app = window()
    click(app, "settings")
    click(app, "set.contrast.true")
    assert "cannot be remembered" in app.find("hint").label and app.settings.contrast


def test_a_game_that_cannot_be_kept_says_so_and_goes_on(window, tmp_path, scenario):
    blocked = tmp_path / "games"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    notice = store.unkept(blocked, tmp_path / "config", T)
    assert "games" in notice and "settings" not in notice.split(";")[0] and not store.unkept(tmp_path, tmp_path, T)
    app = window(Session(scenario, 1, blocked), party="ukraine")
    click(app, "go")
    assert "cannot be written" in app.find("hint").label
    wait(app)
    press(app, pygame.K_p)
    assert not app.session.awaiting and "cannot be written" not in app.find("hint").label


@pytest.mark.parametrize("driver", [None, ""])
def test_without_a_screen_the_window_says_so_at_once(tmp_path, driver):
    if sys.platform != "linux":
        pytest.skip("elsewhere there is always a screen")
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    env |= {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    env |= {} if driver is None else {"SDL_VIDEODRIVER": driver}
    command = [sys.executable, "-m", "peacetable", "play", "venue-2025", "--side", "us", "--seed", "1"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "window cannot be opened" in done.stderr and "Traceback" not in done.stderr


# how colours look to those who see fewer of them: Machado, Oliveira, Fernandes (2009), severity 1
SEEN = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colour, seen) -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen."""
    c = np.array(colour) / 255
    linear = np.clip(np.array(seen) @ np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 0.008856))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_safe_palettes_are_told_apart_with_every_colour_vision():
    for contrast in (False, True):
        palette = theme.PALETTES["safe", contrast]
        pairs = [("good", "bad"), ("gold", "bad"), ("gold", "good"), ("bar", "bar_below")]
        for seen in (np.eye(3), *SEEN.values()):
            for a, b in pairs:
                apart = np.linalg.norm(lab(getattr(palette, a), seen) - lab(getattr(palette, b), seen))
                assert apart > 24, (contrast, a, b, apart)


def test_text_is_readable_in_every_palette():
    for (_, contrast), palette in theme.PALETTES.items():
        for ink, surface in theme.text_pairs(palette):
            ratio = theme.contrast(getattr(palette, ink), getattr(palette, surface))
            assert ratio >= (7 if contrast else 4.5), (ink, surface, ratio)


# -- games that go on ------------------------------------------------------------------------------------------------


def lines_before(whole: bytes, cut: int) -> list[bytes]:
    """The records that are whole in what comes before `cut`, the last one also without the end of its line."""
    *lines, last = whole[:cut].split(b"\n")[1:]
    return [*lines, last] if last and whole[cut : cut + 1] == b"\n" else lines


@pytest.mark.parametrize(("name", "rounds"), [("white-house-2025", 4), ("winter-2026", 1)])
def test_a_game_cut_off_at_any_byte_goes_on_from_the_same_position(tmp_path, name, rounds):
    session = Session(peacetable.load(name), 3, tmp_path / "games", rounds, level="hard")
    session.start("us")
    positions = []
    rng = random.Random(8)
    while session.running:
        positions.append((session.minutes_path.stat().st_size, position(session)))
        play_on(session, 1, rng)
    positions.append((session.minutes_path.stat().st_size, position(session)))
    whole = session.minutes_path.read_bytes()
    header_ends = whole.index(b"\n") + 1
    cuts = {len(whole), len(whole) - 1, header_ends, *(size for size, _ in positions[::3])}
    cuts |= {size - 1 for size, _ in positions[1::3]} | {rng.randrange(header_ends, len(whole)) for _ in range(CUTS)}
    for cut in sorted(c for c in cuts if c >= header_ends):
        copy = tmp_path / "cut" / "game.jsonl"
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(whole[:cut])
        again = Session.resume(copy)
        moves = sum(line.count(b'"kind":"propose"') + line.count(b'"kind":"sign"') for line in lines_before(whole, cut))
        assert position(again) == positions[moves][1], cut
        assert bool(again.notice) == (b"\n" not in whole[cut - 1 : cut + 1])
        assert again.level == "hard"
        again.close()
    copy.write_bytes(whole[: header_ends - 5])
    with pytest.raises(PeacetableError):
        Session.resume(copy)


def test_a_game_that_goes_on_ends_as_if_it_had_never_stopped(tmp_path, scenario):
    session = Session(scenario, 11, tmp_path, 5)
    session.start("coalition")
    play_on(session, 7, random.Random(1))
    stopped = tmp_path / "stopped.jsonl"
    shutil.copy(session.minutes_path, stopped)
    with stopped.open("ab") as file:
        file.write(b'{"kind":"propose","round":9')
    again = Session.resume(stopped)
    assert "cut off" in again.notice
    for one in (session, again):
        play_on(one, 100, random.Random(2))
    assert session.model.talks.records == again.model.talks.records and not again.running
    paths = session.minutes_path, stopped
    session.close()
    again.close()
    assert minutes.load(paths[0])[1:] == minutes.load(paths[1])[1:]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_game_cut_off_after_a_private_question_goes_on(tmp_path, scenario):
    session = Session(scenario, 2, tmp_path, 6)
    session.start("ukraine")
    play_on(session, 6, random.Random(1))
    while not session.awaiting:
        session.step()
    seat_of(session).sound("us", seat_of(session).mandate().opening)
    before, answers = position(session), seat_of(session).view().soundings
    path = session.minutes_path
    session.close()
    again = Session.resume(path)
    assert position(again) == before and again.awaiting == ("ukraine",) and seat_of(again).view().soundings == answers
    seat_of(again).sound("us", seat_of(again).mandate().opening)
    play_on(again, 500, random.Random(2))
    assert not again.running
    again.close()


def test_talks_under_a_single_text_are_looked_at_too(window, tmp_path):
    session = Session(peacetable.load("white-house-2025@us-mediates"), 1, tmp_path / "games", 3)
    session.start("nato")
    while session.running:
        seat_of(session).vote(False) if session.awaiting else session.step()
    session.close()
    app = window()
    click(app, "replay.0")
    for n in range(len(app.screen.chronicle.steps)):
        assert app.screen.at == n
        press(app, pygame.K_RIGHT)


def test_the_title_lists_games_and_continues_them(window, tmp_path, scenario):
    session = Session(scenario, 2, tmp_path / "games", 6, level="hard")
    session.start("russia")
    play_on(session, 9, random.Random(1))
    before, number = position(session), seat_of(session).view().round
    session.close()
    (tmp_path / "games" / "broken.jsonl").write_text("{}\n", encoding="utf-8")
    app = window(pause=1000.0)
    assert "could not be read" in app.find("hint").label
    assert app.find("saved.0.who").label == "Russia" and f"round {number} of 6" in app.find("saved.0.state").label
    click(app, "resume.0")
    assert app.screen.name == "table" and position(app.session) == before and app.session.level == "hard"
    app._pause = 0.0
    while app.session.running:
        wait(app)
        if app.session.awaiting:
            press(app, pygame.K_p)
    app._order(Resume(tmp_path / "games" / "broken.jsonl"))
    assert app.running and "minutes" in app.screen.notice
    app._go("title")
    assert "agreement" in app.find("saved.0.state").label and has(app, "replay.0") and has(app, "debrief.0")


def test_a_game_without_a_move_leaves_no_file(window, tmp_path):
    app = window()
    click(app, "seat.us")
    click(app, "begin")
    assert list((tmp_path / "games").glob("*.jsonl"))
    click(app, "back")
    assert not list((tmp_path / "games").glob("*.jsonl"))


def test_rewinding_leads_back_to_the_same_position(window, tmp_path, scenario):
    app = window(Session(scenario, 4, tmp_path / "games"), party="nato")
    click(app, "go")
    at: dict[int, bytes] = {}
    for _ in range(300):
        view = app.seat.view()
        if app.session.awaiting and view.round not in at:
            at[view.round] = position(app.session)
        if view.round == 5 or not app.session.running:
            break
        if app.session.awaiting:
            press(app, pygame.K_p)
        app.tick()
    kept = app.session.minutes_path
    press(app, pygame.K_ESCAPE)
    assert app.screen.name == "pause"
    before = len(app.seat.view().log)
    for _ in range(5):
        app.tick(1.0)
    assert len(app.seat.view().log) == before, "nobody moves while the talks rest"
    click(app, "rewind.3")
    assert app.screen.name == "table" and app.seat.view().round == 3
    assert kept.exists() and app.session.minutes_path != kept
    wait(app)
    assert position(app.session) == at[3]


# -- several persons -------------------------------------------------------------------------------------------------


def secrets_of(app: App, party: str) -> set[float]:
    """Numbers that only `party` may see, as floats that would give it away."""
    model = app.session.model
    p = model.talks.party_index(party)
    others = {
        x
        for q in range(len(model.talks.parties))
        if q != p
        for x in model.talks.preferences.contributions[0, q].tolist()
    }
    found = {round(x / GRAIN, 9) for x in model.talks.preferences.contributions[0, p].tolist() if x and x not in others}
    return (found | {round(float(model.state.reservation[0, p]), 9)}) - {0.0, 0.5, 1.0}


def test_behind_the_curtain_nobody_sees_the_others_numbers(window):
    app = window()
    for seat in ("ukraine", "russia", "nato"):
        click(app, f"seat.{seat}")
    click(app, "begin")
    assert app.screen.name == "curtain"
    turns = []

    def look(allowed: str) -> None:
        seen: dict = {}
        reach([app.screen, app.stage, app.table, app.curtain, app.title, app._before, app._drafts], seen)
        floats = {round(x, 9) for x in seen.values() if isinstance(x, float)}
        for party in SIDES:
            if party != allowed:
                assert not floats & secrets_of(app, party), (party, app.screen.name)
        kinds = {type(x).__name__ for x in seen.values()}
        assert ("Mandate" in kinds) == bool(allowed)

    while app.session.running and len(turns) < 7:
        for _ in range(20):
            look("")
            if app.session.awaiting:
                break
            app.tick()
        party = app.session.awaiting[0]
        assert app.find("curtain.title").label.startswith(app.session.facts.party(party).label)
        click(app, "lift")
        look(party)
        if app.screen.name == "briefing":
            assert turns.count(party) == 0
            click(app, "go")
        look(party)
        assert app.screen.name == "table" and app.table.view.party == party
        app._act(("propose",))
        turns.append(party)
        assert app.screen.name == "curtain"
    assert set(turns) == {"ukraine", "russia", "nato"}


def test_what_happens_behind_the_curtain_is_heard(window, monkeypatch, scenario):
    played = []
    monkeypatch.setattr(Sounds, "play", lambda self, name: played.append(name) if self.on else None)
    for setting in ("single", "always"):
        app = window(Session(scenario, 3, None, 3), settings=Settings(sound=setting))
        app._sit(("ukraine", "nato"))
        app.seat.sound("us", app.seat.mandate().opening) if app.session.awaiting else None
        moves = 0
        while moves < 4:
            before = len([e for e in app.seat.view().log if e.kind in ("propose", "sign")])
            played.clear()
            if app.session.awaiting:
                assert not any(played)
                click(app, "lift")
                click(app, "go") if app.screen.name == "briefing" else None
                assert not any(played), "nothing is heard twice"
                app._act(("propose",))
            else:
                app.tick()
            after = len([e for e in app.seat.view().log if e.kind in ("propose", "sign")])
            moves += after - before
            assert bool([p for p in played if p]) == (after > before and setting == "always")


@pytest.mark.parametrize("keys", [False, True])
@pytest.mark.parametrize(("variant", "scale"), [("", 1.0), ("@us-mediates", 1.5)])
def test_a_person_answers_in_its_turn_what_another_asked_in_private(window, variant, scale, keys):
    app = window(Session(peacetable.load(f"white-house-2025{variant}"), 1, None, 6), scale=scale)

    def do(id: str) -> None:
        tab_to(app, id) if keys else click(app, id)
        press(app, pygame.K_RETURN) if keys else None

    def come(party: str) -> None:
        for _ in range(200):
            if app.session.awaiting:
                break
            app.tick()
        assert app.session.awaiting[0] == party
        click(app, "lift")
        click(app, "go") if app.screen.name == "briefing" else None
        while app.screen.waits():
            click(app, app.stage.dialog.first)

    def ask(whom: str) -> None:
        do("talk")
        do(f"whom.{whom}")
        do("ask")
        assert app.find(f"whom.{whom}.answer").label == app.t("talk.open")
        do("back")

    def move() -> None:
        press(app, pygame.K_l) if not variant else do("propose" if has(app, "propose") else "vote.against")

    app._sit(("us", "nato"))
    for party in ("us", "nato"):
        come(party)
        if party == "us":
            asked = app.table.draft
            ask("nato")
            ask("nato")
            assert not has(app, "asked"), "who asks is not asked"
            move()
            assert app.screen.name == "curtain" and not [e for e in app.screen.news if e.kind in PRIVATE]
    assert app.stage.dialog.id == "asked" and app.find("asked.title").label.startswith("The United States")
    for issue, level in zip(app.session.facts.issues, asked, strict=True):
        assert issue.levels[level].label in app.find(f"asked.{issue.id}").label
    assert not crossing(app) and not [p for w in app.stage.active() for p in w.overflow(app.look)]
    press(app, pygame.K_RETURN)
    assert app.stage.dialog is None and len(app.table.view.open_questions()) == 2, "Enter alone tells nothing"
    assert not crossing(app)
    press(app, pygame.K_a) if keys else click(app, "asked")
    do("asked.could_move")
    assert app.stage.dialog.id == "asked" and len(app.table.view.open_questions()) == 1
    do("asked.no")
    assert app.stage.dialog is None and not has(app, "asked") and app.session.awaiting[0] == "nato"
    given = [(e.to, e.answer, e.package) for e in app.table.view.log if e.kind == "answer"]
    assert given == [("us", "could_move", asked), ("us", "no", asked)]
    move()
    assert not [e for e in app.screen.news if e.kind in PRIVATE]
    come("us")
    assert app.stage.dialog is None
    do("talk")
    assert app.t("talk.answer.no") in app.find("whom.nato.answer").label
    assert app.t("talk.answer.could_move") in app.find("answer.0").label
    seen = app.session._reader.view(app.session.model.talks, "russia").log
    assert not [e for e in seen if e.kind in PRIVATE]
    headlines = [log.headline(e, app.session.facts, app.t, "us") for e in app.screen.view.log if e.kind in PRIVATE]
    assert len(headlines) == 4 and all("NATO" in text for text in headlines)


def test_several_persons_come_to_their_debriefs_and_can_stop_and_go_on(window, tmp_path, scenario):
    session = Session(scenario, 6, tmp_path / "games", 2)
    session.start("us", "coalition")
    play_on(session, 4, random.Random(0))
    session.close()
    app = window()
    click(app, "resume.0")
    assert app.screen.name == "curtain" and app.session.people == ("us", "coalition")
    while app.session.running:
        if app.screen.name == "curtain" and has(app, "lift"):
            click(app, "lift")
        elif app.screen.name == "briefing":
            click(app, "go")
        elif app.screen.name == "table":
            press(app, pygame.K_p)
        app.tick()
    click(app, "lift.coalition")
    assert app.screen.name == "debrief" and app.screen.view.party == "coalition"
    press(app, pygame.K_ESCAPE)
    click(app, "seats")
    click(app, "lift.us")
    assert app.screen.view.party == "us"
    click(app, "again")
    assert app.screen.name == "curtain" and app.session.people == ("us", "coalition")


# -- talks again -----------------------------------------------------------------------------------------------------


def finished(tmp_path, scenario, rounds: int = 4) -> Path:
    session = Session(scenario, 2, tmp_path / "games", rounds)
    session.start("ukraine")
    play_on(session, 500, random.Random(3))
    path = session.minutes_path
    session.close()
    return path


def test_talks_are_looked_at_step_by_step(window, tmp_path, scenario):
    path = finished(tmp_path, scenario)
    chronicle, torn = read_chronicle(path)
    records = minutes.load(path)[1]
    moves = [r for r in records if r.kind in ("propose", "sign", "walk_out")]
    assert not torn and not chronicle.sealed and len(chronicle.steps) == len(moves) + 1
    for n, step in enumerate(chronicle.steps):
        assert sum(e.kind in ("propose", "sign", "walk_out") for e in step.view.log) == n
        assert set(step.mandates) == set(scenario.party_ids)
    app = window()
    click(app, "replay.0")
    assert app.screen.name == "history" and app.screen.at == 0
    for n in range(1, len(chronicle.steps)):
        press(app, pygame.K_RIGHT)
        assert app.screen.at == n
    press(app, pygame.K_HOME)
    press(app, pygame.K_PAGEDOWN)
    assert app.screen.chronicle.steps[app.screen.at].view.round == 2
    click(app, "round.next")
    assert app.screen.chronicle.steps[app.screen.at].view.round == 3
    click(app, "round.prev")
    click(app, "prev")
    assert app.screen.chronicle.steps[app.screen.at].view.round == 1
    click(app, "next")
    click(app, "side.0.russia")
    click(app, "side.1.ukraine")
    rows = app.find("matrix").rows
    one, two = (app.screen._packages()[p].package for p in ("russia", "ukraine"))
    for i, row in enumerate(rows[: len(scenario.issues)]):
        assert (row[1].signs[0][0] == "diamond") == (one[i] != two[i])
    assert len(rows) == len(scenario.issues) + len(scenario.parties)
    click(app, "pin")
    kept = app.screen.pinned
    press(app, pygame.K_END)
    assert app.screen.sides[0] == "pinned" and app.screen.pinned == kept
    press(app, pygame.K_ESCAPE)
    click(app, "title") if app.screen.name == "pause" else None
    assert app.screen.name == "title"


def test_looking_back_during_a_game_shows_own_numbers_only(window, scenario):
    app = window(Session(scenario, 3), party="ukraine")
    click(app, "go")
    for _ in range(12):
        wait(app)
        if app.session.awaiting and app.seat.view().round < 3:
            press(app, pygame.K_p)
    press(app, pygame.K_h)
    assert app.screen.name == "history" and app.screen.chronicle.sealed
    seen: dict = {}
    reach([app.screen, app.stage.widgets], seen)
    floats = {round(x, 9) for x in seen.values() if isinstance(x, float)}
    for party in SIDES[1:]:
        assert not floats & secrets_of(app, party)
    assert len(app.find("matrix").rows) == len(scenario.issues) + 1
    click(app, "back")
    assert app.screen.name == "table"


def test_a_file_dropped_on_the_window_is_shown(window, tmp_path, scenario):
    path = finished(tmp_path, scenario, 2)
    app = window()
    app.post(pygame.event.Event(pygame.DROPFILE, file=str(path)))
    app.tick()
    assert app.screen.name == "history"
    click(app, "back")
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    app.post(pygame.event.Event(pygame.DROPFILE, file=str(tmp_path / "notes.txt")))
    app.tick()
    assert app.screen.name == "title" and "minutes" in app.find("hint").label


def test_a_file_is_found_by_going_through_folders(window, tmp_path, scenario):
    path = finished(tmp_path, scenario, 2)
    app = window()
    click(app, "other")
    assert app.screen.name == "browse" and app.screen.folder == path.parent
    click(app, "up")
    place = next(n for n, p in enumerate(app.screen.places) if p.path == path.parent)
    click(app, f"place.{place}")
    key_of(app, "place.0")
    assert app.screen.name == "history"
    click(app, "back")
    click(app, "back")
    assert app.screen.name == "title"


@pytest.mark.quick
def test_replay_opens_files_and_batches_in_the_window(monkeypatch, tmp_path, scenario):
    from peacetable.cli import group

    shown = []

    def run(app: App) -> None:
        shown.append((app.screen.name, app.screen.heading, app.screen.chronicle, app.screen.path))
        app.close()

    monkeypatch.setattr(App, "run", run)
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *a, **k: tmp_path)
    runner = CliRunner()
    path = finished(tmp_path, scenario, 2)
    result = runner.invoke(group, ["replay", str(path), "--window"])
    assert result.exit_code == 0, result.output
    assert shown[0][0] == "history" and path.name in shown[0][1] and shown[0][2].played == ("ukraine",)
    assert shown[0][3] == path, "its debrief can be opened"
    pytest.importorskip("pyarrow")
    made = runner.invoke(group, ["batch", "venue-2025", "--tables", "3", "--out", str(tmp_path / "talks")])
    assert made.exit_code == 0, made.output
    result = runner.invoke(group, ["replay", str(tmp_path / "talks"), "--table", "2", "--window"])
    assert result.exit_code == 0, result.output
    assert shown[1][1] == "Table 2 of talks" and shown[1][2].steps[-1].view.ended
    assert shown[1][3] is None
    wrong = runner.invoke(group, ["replay", str(path), "--window", "--json"])
    assert wrong.exit_code == 2


# -- whole games -----------------------------------------------------------------------------------------------------


def briefly(name: str) -> Session:
    return Session(peacetable.load(name), 7, None, 2)


@pytest.mark.quick
@pytest.mark.parametrize(("name", "side"), SOME)
def test_every_scenario_by_mouse_alone(window, name, side):
    app = window(briefly(name), (1920, 1080))
    click(app, f"side.{side}")
    click(app, "go")
    click(app, "go")
    while app.session.running:
        wait(app)
        if app.session.awaiting:
            click(app, "propose")
            assert not app.screen.notice
    click(app, "debrief")
    assert app.screen.name == "debrief"
    click(app, "menu")
    click(app, "title")
    assert app.screen.name == "title"


@pytest.mark.parametrize(("name", "side"), SOME)
def test_every_scenario_by_keyboard_alone(window, name, side):
    app = window(briefly(name))
    key_of(app, f"side.{side}")
    key_of(app, "go", pygame.K_SPACE)
    key_of(app, "go")
    while app.session.running:
        wait(app, keys=True)
        if app.session.awaiting:
            key_of(app, "propose")
    wait(app, keys=True)
    key_of(app, "debrief")
    assert app.screen.name == "debrief"
    press(app, pygame.K_ESCAPE)
    key_of(app, "title")
    assert app.screen.name == "title"


def test_a_monkey_at_the_title_breaks_nothing(window, tmp_path, scenario):
    finished(tmp_path, scenario, 2)
    app = window()
    rng = random.Random(6)
    words = "TAB RETURN SPACE ESCAPE LEFT RIGHT UP DOWN HOME END PAGEDOWN PAGEUP BACKSPACE 1 2 3 4 p s c u m t h x F5"
    keys = [getattr(pygame, f"K_{w}") for w in words.split()]
    reached = set()
    for n in range(EVENTS):
        size = app.surface.get_size()
        place = (rng.randrange(size[0]), rng.randrange(size[1]))
        controls = [w for w in app.stage.order() if w.id not in ("quit", "up", "other")]
        if controls and rng.random() < 0.6:
            place = rng.choice(controls).visible.center
        kind = rng.random()
        if kind < 0.4:
            mod = rng.choice([0] * 8 + [pygame.KMOD_SHIFT, pygame.KMOD_CTRL])
            app.post(pygame.event.Event(pygame.KEYDOWN, key=rng.choice(keys), mod=mod, unicode=""))
        elif kind < 0.5:
            app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=(0, 0, 0)))
        elif kind < 0.9:
            app.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=1))
            app.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=place, button=1))
        else:
            app.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=rng.choice([-2, 1])))
        if n % 500 == 499:
            pygame.display.set_mode((rng.randrange(400, 1500), rng.randrange(250, 900)), pygame.RESIZABLE)
        app.tick(rng.random())
        app.running = True
        assert app.stage.order(), "a screen with nothing to choose is a dead end"
        reached.add(app.screen.name)
    assert reached >= {"title", "settings", "pause", "table", "briefing", "sides"}


# -- how it looks ----------------------------------------------------------------------------------------------------


def shell_screens(app: App, path: Path):
    """Every screen of the shell, with names."""
    yield "title"
    app._act(("seat", "us"))
    app._act(("seat", "russia"))
    app._act(("level", "hard"))
    yield "title, hot-seat"
    app._go("settings")
    yield "settings"
    app._act(("listen", "propose"))
    yield "settings, listening"
    app._act(("back",))
    app._go("browse")
    yield "browse"
    app._act(("back",))
    app._order(Replay(path))
    yield "history"
    app._act(("step", 7))
    app._act(("pin",))
    for tab in (0, 1):
        app._act(("tab", tab))
        yield f"history, view {tab}"
    app._act(("back",))
    app._order(Begin("white-house-2025", "normal", 1, ("us", "russia")))
    wait(app)
    yield "curtain"
    app._act(("lift", app.session.awaiting[0]))
    app._act(("go",))
    app._go("pause")
    yield "pause"


@pytest.mark.parametrize("letters", ["normal", "large"])
@pytest.mark.parametrize(("size", "scale"), [((1280, 720), 1.0), ((1280, 720), 1.5), ((1280, 720), 2.0),
                                             ((1920, 1080), 1.5), ((2560, 1440), 1.0)])  # fmt: skip
def test_nothing_of_the_shell_is_clipped_or_overlaps(window, tmp_path, scenario, size, scale, letters):
    path = finished(tmp_path, scenario, 2)
    settings = Settings(scale=scale, letters=letters, contrast=scale > 1.5)
    app = window(size=size, settings=settings, config=None)
    found = []
    for name in shell_screens(app, path):
        found += [f"{name}: {problem}" for w in app.stage.all() for problem in w.overflow(app.look)]
        found += [f"{name}: {problem}" for problem in crossing(app)]
        assert all(w.label for w in app.stage.order())
        assert {w.colour for w in app.stage.all() if isinstance(w, Label)} <= set(theme.INKS)
        ids = [w.id for w in app.stage.all()]
        assert len(ids) == len(set(ids))
    assert not found


def test_drawing_only_what_changed_gives_the_same_picture(window, scenario):
    app = window(Session(scenario, 2, None, 3), (1000, 640), party="us", config=None)
    rng = random.Random(4)
    keys = [
        getattr(pygame, f"K_{w}")
        for w in "TAB TAB TAB LEFT RIGHT UP DOWN RETURN SPACE ESCAPE PAGEDOWN 1 2 3 4 p".split()
    ]
    for n in range(400):
        controls = [w for w in app.stage.order() if w.id not in ("quit", "title", "again", "side")]
        place = rng.choice(controls).visible.center if controls else (5, 5)
        kind = rng.random()
        if kind < 0.4:
            app.post(pygame.event.Event(pygame.KEYDOWN, key=rng.choice(keys), mod=0, unicode=""))
        elif kind < 0.7:
            app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=(0, 0, 0)))
        elif kind < 0.9 and app.stage.focus_id not in ("quit", "title"):
            app.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=1))
            app.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=place, button=1))
        else:
            app.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=rng.choice([-1, 1])))
        app.tick(rng.choice([0.01, 1.0]))
        while app._stale:  # a new layout is painted one frame later
            app.tick(0.0)
        if not app.running or app.screen.name == "title":
            break
        shown = pygame.image.tobytes(app.surface, "RGB")
        app.draw()
        assert pygame.image.tobytes(app.surface, "RGB") == shown, (n, app.screen.name)
    assert n > 100


def moving_table(window, scenario, **settings) -> App:
    app = window(Session(scenario, 2), (1920, 1080), party="ukraine", pause=1000.0, settings=Settings(**settings))
    click(app, "go")
    while app._stale:
        app.tick(0.0)
    return app


def test_bars_glide_and_cards_light_up_by_the_time_that_passes(window, scenario):
    app = moving_table(window, scenario)
    old = app.find("value.bar").value
    worst = min(range(len(app.table.mandate.gains[0])), key=lambda k: app.table.mandate.gains[0][k])
    app._act(("draft", 0, worst))
    bar, spans = app.find("value.bar"), app.find("card.us.range")
    assert bar.value != old and bar.shown == (old,) and spans.shown != spans.ends
    app.tick(0.0)
    assert bar.shown == (old,), "without time nothing moves"
    app.tick(0.1)
    low, high = sorted((old, bar.value))
    assert low < bar.shown[0] < high and app.find("value.number").label == number(bar.value)
    places = app.stage.paint(app.surface)
    assert sum(r.width * r.height for r in places) < 0.2 * 1920 * 1080
    app.tick(0.1)
    assert bar.shown == (bar.value,) and spans.shown == spans.ends == (spans.low, spans.high, *spans.asks)
    app.tick(0.01)
    assert not app._stale and not app.stage.paint(app.surface), "what does not move is not drawn"
    app.session.step() if not app.session.awaiting else app.seat.propose(app.table.mandate.opening)
    app._refresh()
    mover = app.table.view.log[-1].party
    cards = {p.id: app.find(f"card.{p.id}") for p in app.session.facts.parties}
    lights = []
    for _ in range(12):
        app.tick(0.1)
        lights.append(cards[mover].light)
        assert not any(card.light for party, card in cards.items() if party != mover)
    peak = lights.index(max(lights))
    assert max(lights) > 0.8 and lights[-1] == 0 and lights[peak:] == sorted(lights[peak:], reverse=True)


def test_without_motion_everything_is_in_place_at_once(window, scenario):
    pictures = []
    for motion in (False, True):
        app = moving_table(window, scenario, motion=motion)
        app._act(("draft", 0, 0))
        app._act(("draft", 1, 1))
        app.session.step() if not app.session.awaiting else app.seat.propose(app.table.mandate.opening)
        app._refresh()
        assert bool([w for w in app.stage.all() if getattr(w, "moving", False)]) == motion
        if motion:
            app.tick(0.4)
            app.tick(0.7)
            app.stage.tooltip = None
        app.draw()
        pictures.append(pygame.image.tobytes(app.surface, "RGB"))
    assert pictures[0] == pictures[1]


def test_what_is_kept_is_never_stale(window, scenario):
    """A table that was shown all along looks like one that is composed for the first time."""
    app = window(Session(scenario, 2, None, 4), (1920, 1080), party="us", settings=Settings(motion=False), config=None)
    click(app, "go")
    rng, seen = random.Random(6), 0
    for n in range(60):
        if app.table.waits():
            app._act(("card",))
        elif n % 3 == 0:
            issue = rng.randrange(len(scenario.issues))
            app._act(("draft", issue, rng.randrange(len(scenario.issues[issue].levels))))
        elif n % 7 == 0 and app.session.awaiting:
            app._act(("propose",))
        elif n == 31:
            app._order(Change(replace(app.settings, scale=1.5)))
        elif n == 41:
            app._act(("party", "russia"))
        app.tick()
        if app.screen is not app.table:
            break
        app.draw()
        kept = pygame.image.tobytes(app.surface, "RGB")
        app.table.kept = Kept()
        app._compose()
        app.draw()
        assert pygame.image.tobytes(app.surface, "RGB") == kept, n
        seen += 1
    assert seen > 50


# -- the window ------------------------------------------------------------------------------------------------------


def test_a_minimised_window_only_waits(window, monkeypatch):
    app = window()
    waited = []

    def wait_for_event(*_):
        waited.append(app.minimised)
        assert len(waited) < 5
        kind = pygame.QUIT if len(waited) == 3 else pygame.USEREVENT
        return pygame.event.Event(kind)

    monkeypatch.setattr(pygame.event, "wait", wait_for_event)
    monkeypatch.setattr(app, "draw", lambda: pytest.fail("drew while minimised"))
    app.post(pygame.event.Event(pygame.WINDOWMINIMIZED))
    app.tick()
    app.run()
    assert waited == [True] * 3


@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool for a real window"
)
def test_a_real_window_is_played_through(tmp_path):
    """Through `peacetable play`, by a mouse and keys that the X server sends, to the debrief and out."""
    display = f":{90 + os.getpid() % 400}"
    home = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}
    env = {k: v for k, v in os.environ.items() if not k.startswith("SDL_")} | home
    env |= {
        "DISPLAY": display,
        "SDL_AUDIODRIVER": "dummy",
        "SDL_VIDEO_WINDOW_POS": "0,0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    server = subprocess.Popen(
        ["Xvfb", display, "-screen", "0", "1280x900x24"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def do(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=env, check=True, capture_output=True, timeout=20)

    def until(what, seconds: float = 300.0) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert game is None or game.poll() is None, game.stderr.read().decode()
            assert time.monotonic() < end
            time.sleep(0.1)

    def records() -> list[dict]:
        found = sorted((tmp_path / "data" / "peacetable" / "games").glob("*.jsonl"))
        return [json.loads(line) for line in found[0].read_text(encoding="utf-8").splitlines()[1:]] if found else []

    def opened() -> bool:
        return any((tmp_path / "data").rglob("*.jsonl"))  # the window is there before the first game begins

    def proposals() -> int:
        return sum(r.get("party") == "ukraine" and r.kind == "propose" for r in records())

    def ended() -> bool:
        return any(r.kind == "end" for r in records())

    game = None
    try:
        until(lambda: Path(f"/tmp/.X11-unix/X{display[1:]}").exists())
        game = subprocess.Popen(
            [sys.executable, "-m", "peacetable", "play", "venue-2025", "--side", "ukraine", "--seed", "4",
             "--pace", "fast"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        until(opened)
        time.sleep(0.5)
        do("mousemove", "120", "748", "click", "1")  # a click on "Take your seat", as the picture has it
        time.sleep(0.5)
        do("key", "p")
        for n in range(1, 9):
            until(lambda n=n: ended() or proposals() >= n or (do("key", "p"), time.sleep(0.3))[1])
            if ended():
                break
        until(ended)
        time.sleep(0.5)
        do("key", "Return")  # see how it came out
        time.sleep(0.5)
        do("key", "Escape")
        time.sleep(0.3)
        do("key", "Up", "Return")  # the last entry of the menu: quit
        game.wait(timeout=60)
        assert game.returncode == 0
    finally:
        for process in (game, server):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(timeout=60)
