"""Mesa users at home: what they are used to works as they are used to it, on every Mesa of the allowed range."""

import ast
import copy
import pickle
import warnings
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest

import peacetable
from peacetable.abm import agents, model
from peacetable.abm.model import Negotiation
from peacetable.errors import NotationError, ScenarioError
from peacetable.files import configs_dir

pytestmark = pytest.mark.quick

TWO = ["white-house-2025", "white-house-2025@alaska"]


def batch(sweep: dict, **settings) -> pd.DataFrame:
    """The rows of `mesa.batch_run`, which takes repetitions as `iterations` or, later, as a list of `rng`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return pd.DataFrame(mesa.batch_run(Negotiation, sweep, display_progress=False, **settings))


def own_names(module, name: str) -> set[str]:
    """What a class of ours defines or sets on itself."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    (ours,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    defined = {node.name for node in ours.body if isinstance(node, ast.FunctionDef)}
    defined |= {node.target.id for node in ours.body if isinstance(node, ast.AnnAssign)}
    defined |= {name.id for node in ours.body if isinstance(node, ast.Assign) for name in node.targets}
    return defined | {
        node.attr
        for node in ast.walk(ours)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "model")
    }


def test_no_name_of_ours_is_one_of_mesas():
    class Plain(mesa.Agent):
        pass

    theirs = mesa.Model(rng=1)
    # meant: a model says what a step is, whether it goes on, and how many steps it took; an agent has a model
    meant = {"__init__", "step", "running", "steps", "run_model"}
    assert own_names(model, "Negotiation") & set(dir(theirs)) - meant == set()
    assert own_names(agents, "Delegation") & set(dir(Plain(theirs))) - {"__init__", "step", "model"} == set()
    assert {"talks", "delegations", "tables", "seed_used"} <= own_names(model, "Negotiation")


def test_batch_run_gives_one_different_row_for_every_run():
    sweep = {"scenario": TWO, "rounds": [10, 20]}
    rows = batch(sweep, iterations=5)
    assert len(rows) == 20 and len(rows.drop(columns=["RunId", "iteration"]).drop_duplicates()) == 20
    assert rows["seed"].nunique() == 20
    assert rows.groupby(["scenario", "rounds"]).size().to_dict() == {(n, r): 5 for n in TWO for r in (10, 20)}
    row = rows.iloc[-1]
    with_its_seed = Negotiation(row["scenario"], seed=row["seed"], rounds=int(row["rounds"])).run()
    assert row["u_ukraine"] == with_its_seed.utilities()[0, 0] and row["round"] == with_its_seed.state.round


def test_batch_run_of_scenario_objects_has_short_names():
    rows = batch({"scenario": [peacetable.load(name) for name in TWO], "rounds": 1, "tables": 2})
    assert rows["scenario"].tolist() == TWO
    scenario = peacetable.load("venue-2025")
    assert repr(scenario) == "<Scenario venue-2025>" and {scenario: 1}[peacetable.load("venue-2025")] == 1


def test_batch_run_with_agent_reporters_gives_a_row_for_every_delegation():
    rows = batch({"scenario": "venue-2025", "agent_reporters": [True], "rng": [1], "rounds": [8, 9]})
    assert len(rows) == 10 and rows["party"].tolist() == [*Negotiation("venue-2025", seed=1).talks.parties] * 2
    table = Negotiation("venue-2025", seed=1, rounds=9).run()
    last = rows[rows["rounds"] == 9]
    assert last["utility"].tolist() == table.utilities()[0].tolist()
    assert last["reservation"].tolist() == table.state.reservation[0].tolist()
    proposed = {r.party: r.package for r in table.talks.records[0] if r.kind == "propose"}
    offers = [offer if isinstance(offer, str) else None for offer in last["last_offer"]]  # pandas may write NaN
    assert offers == [proposed.get(party) for party in table.talks.parties]


def test_the_collected_frames_begin_before_the_first_move_and_end_with_the_last():
    talks = Negotiation("venue-2025", rng=3, agent_reporters=True).run()
    frame, by_agent = talks.datacollector.get_model_vars_dataframe(), talks.datacollector.get_agent_vars_dataframe()
    assert len(frame) == talks.state.turn + 1 and len(by_agent) == 5 * len(frame)
    assert frame["running"].tolist()[:-1] == [1.0] * talks.state.turn and frame["running"].iloc[-1] == 0.0
    assert frame["u_russia"].iloc[-1] == talks.utilities()[0, 1] and frame["u_russia"].iloc[:-1].isna().all()


SEEDS = [
    (5, 5), (np.int64(5), 5), (np.uint64(2**64 - 1), 2**64 - 1), (0, 0), ([1, 2], None), ((7,), None),
    (np.random.SeedSequence(42), None), (2**80, None),
]  # fmt: skip


@pytest.mark.parametrize(("given", "seed"), SEEDS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("name", ["rng", "seed"])
def test_whatever_mesa_takes_as_rng_is_a_seed(name, given, seed):
    first, second = (Negotiation("venue-2025", **{name: given}).seed_used for _ in range(2))
    assert first == second and 0 <= first < 2**64 and seed in (None, first)


@pytest.mark.parametrize("kind", [np.random.default_rng, np.random.PCG64])
def test_a_generator_gives_its_next_numbers(kind):
    one, again = kind(42), kind(42)
    drawn = [Negotiation("venue-2025", rng=one).seed_used for _ in range(2)]
    assert drawn == [Negotiation("venue-2025", rng=again).seed_used for _ in range(2)] and drawn[0] != drawn[1]


def test_batch_run_sweeps_seeds_of_every_kind():
    several = [3, np.random.SeedSequence(4), np.random.default_rng(5)]
    rows = batch({"scenario": "venue-2025", "rounds": 1, "rng": several})
    assert rows["seed"].nunique() == 3 and rows["seed"].iloc[0] == 3


def test_without_a_seed_every_model_is_another():
    assert Negotiation("venue-2025").seed_used != Negotiation("venue-2025").seed_used


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seed": 1, "rng": 2}, "Two seeds"),
        ({"seed": 1, "rng": np.random.default_rng(1)}, "Two seeds"),
        ({"rng": 1.7}, "whole number"),
        ({"rng": True}, "whole number"),
        ({"rng": -1}, "whole number"),
        ({"seed": "x"}, "whole number"),
        ({"rounds": "10"}, "rounds must be a whole number from 1"),
        ({"rounds": 2.5}, "rounds must be a whole number from 1"),
        ({"tables": "3"}, "tables must be a whole number"),
        ({"first_table": -1}, "possible: 0 to"),
        ({"first_table": 2**63}, "possible: 0 to"),
        ({"quorum": "3", "consent": "quorum"}, "whole number"),
        ({"quorum": 3}, "goes with consent quorum"),
        ({"reservations": "russia"}, "list of mappings"),
        ({"reservations": {"russia": "0.5"}}, "between 0 and 1"),
        ({"reservations": {"rusia": 0.5}}, 'did you mean "russia"'),
        ({"draw": 3}, "list of names"),
        ({"human": 3}, "list of names"),
        ({"strategies": 3}, "one for all, or a mapping"),
        ({"strategies": {"russia": {"bidding": 1}}}, "A strategy as a mapping"),
        ({"strategies": {"russia": {"beding": {"name": "linear"}}}}, "A strategy as a mapping"),
        ({"agent_reporters": "false"}, "True or a mapping"),
        ({"model_reporters": True}, "must be a mapping"),
        ({"draw": ["values", "none"]}, "Cannot draw"),
        ({"seed": "5"}, "whole number"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(settings, words):
    with pytest.raises(NotationError, match=words) as refused:
        Negotiation("venue-2025", **settings)
    assert str(refused.value).endswith(".") or "did you mean" in str(refused.value) or "known: " in str(refused.value)


def test_numbers_of_numpy_are_numbers_and_one_name_is_a_list_of_one():
    talks = Negotiation("venue-2025", tables=np.int64(1), rng=1, rounds=np.int32(3), draw="values", human="ukraine")
    assert talks.talks.overrides == {"rounds": 3, "draw": ["values"]} and talks.awaiting == ("ukraine",)
    assert Negotiation("venue-2025", rng=1, draw="none").talks.problem.draw == ()
    wanted = Negotiation("venue-2025", rng=1, reservations={"us": np.float32(0.5)}).run().report()
    assert wanted["overrides"] == {"reservations": {"us": 0.5}}


def test_names_paths_and_scenarios_are_taken(tmp_path):
    scenario = peacetable.load("venue-2025@more-cities")
    folder = configs_dir() / "scenarios" / "venue-2025"
    for given in ("venue-2025@more-cities", scenario):
        assert Negotiation(given, rng=1).talks.problem == scenario
    for given in (folder, str(folder)):
        assert Negotiation(given, rng=1).talks.problem.name == "venue-2025"
    with pytest.raises(ScenarioError, match="venue-2025"):
        Negotiation("venue-2052")
    with pytest.raises(NotationError, match="its name or its folder"):
        Negotiation(7)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
@pytest.mark.parametrize(
    "settings",
    [
        {"scenario": "white-house-2025", "rounds": 4},
        {"scenario": "venue-2025", "protocol": "single_text", "order": "random"},
        {"scenario": "winter-2026", "rounds": 2},
        {"scenario": "venue-2025", "tables": 20, "agent_reporters": True},
        {"scenario": "venue-2025", "strategies": "micro+distribution"},
    ],
    ids=lambda settings: settings["scenario"],
)
def test_a_model_half_way_can_be_copied_and_goes_on_to_the_same_end(settings, copied):
    talks = Negotiation(**settings, rng=8)
    for _ in range(7):
        talks.step()
    other = copied(talks)
    ends = [{name: list(column) for name, column in one.run().outcomes().items()} for one in (talks, other)]
    assert ends[0] == ends[1] and talks.steps == other.steps and talks.talks.records == other.talks.records
    assert other.datacollector.get_model_vars_dataframe().equals(talks.datacollector.get_model_vars_dataframe())


@pytest.mark.skipif(not hasattr(mesa.Model, "run_for"), reason="this Mesa has no clock of its own")
def test_mesas_own_clock_takes_the_same_turns_and_none_for_a_person():
    talks = Negotiation("venue-2025", rng=2)
    talks.run_for(1000)
    assert talks.report() == Negotiation("venue-2025", rng=2).run().report()
    talks = Negotiation("venue-2025", rng=2, human=["russia"])
    talks.run_for(10)
    assert talks.awaiting == ("russia",) and talks.state.turn == 2


def test_only_steps_that_are_taken_count():
    talks = Negotiation("venue-2025", rng=2)
    talks.run_model()
    rows, steps = len(talks.datacollector.model_vars["round"]), talks.steps
    assert steps == talks.state.turn + model.READS_ONE_STEP_BACK and rows == talks.state.turn + 1
    talks.step()
    assert (talks.steps, len(talks.datacollector.model_vars["round"])) == (steps, rows)


def test_where_a_person_has_to_move_batch_run_and_run_model_come_to_an_end():
    rows = batch({"scenario": "venue-2025", "human": [["russia"]]}, max_steps=30)
    assert rows["running"].tolist() == [1.0]
    talks = Negotiation("venue-2025", human="russia")
    talks.run_model()
    assert talks.awaiting == ("russia",) and talks.state.turn == 2


def packages(delegation) -> int:
    """A reporter of a user's own."""
    return int(delegation.model.state.proposals[0, delegation.index])


def test_reporters_of_ones_own_stand_beside_ours():
    more = {"model_reporters": {"turn": turn}, "agent_reporters": {"packages": packages, "name": "id"}}
    talks = Negotiation("venue-2025", rng=2, **more).run()
    frame, by_agent = talks.datacollector.get_model_vars_dataframe(), talks.datacollector.get_agent_vars_dataframe()
    assert frame["turn"].iloc[-1] == talks.state.turn and "u_russia" in frame
    last = by_agent.loc[by_agent.index.get_level_values(0).max()]
    assert last["name"].tolist() == [*talks.talks.parties] == last["party"].tolist()
    assert last["packages"].tolist() == talks.state.proposals[0].tolist()

    class Own(Negotiation):
        def __init__(self, rng=None):
            super().__init__("venue-2025", rng=rng, model_reporters={"turn": turn})

    rows = pd.DataFrame(mesa.batch_run(Own, {}, display_progress=False))
    assert rows["turn"].tolist() == [rows["Step"].iloc[0]] or model.READS_ONE_STEP_BACK and rows["turn"].iloc[0] > 4


def turn(talks) -> int:
    """A reporter of a user's own."""
    return talks.state.turn
