"""What Mesa's DataCollector collects: a row for the model, and one for each delegation if asked for.

Named functions and lists [function, arguments], because every Mesa of the allowed range takes these two and a model
that collects by them can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import NotationError
from ..table.notation import write
from ..table.state import AGREEMENT, WALKED_OUT
from . import results
from .agents import Delegation


def reporters(model: Any, more: Mapping | None, by_agent: Mapping | bool) -> tuple[dict, dict | None]:
    """(model reporters, agent reporters or None): ours, shares and means over the tables with utilities only at the
    end, and `more` of them; `by_agent`: whether to have ours of the delegations, or more of them. Raises NotationError.
    """
    if not isinstance(more, Mapping | None):
        raise NotationError(f"model_reporters must be a mapping from name to reporter, not {more!r}.")
    if not isinstance(by_agent, Mapping | bool):
        raise NotationError(f"agent_reporters must be True or a mapping from name to reporter, not {by_agent!r}.")
    of_model: dict[str, Callable | list] = {
        "scenario": _scenario,
        "seed": _seed,
        "round": _round,
        "running": _running,
        "agreement": _agreement,
        "walk_out": _walk_out,
    }
    for p, party in enumerate(model.talks.parties):
        of_model[f"u_{party}"] = [_final_utility, [model, p]]
    of_agent = {"party": _party, "utility": _utility, "reservation": _reservation, "last_offer": _last_offer}
    own = by_agent if isinstance(by_agent, Mapping) else {}
    return {**of_model, **(more or {})}, {**of_agent, **own} if by_agent is not False else None


def _scenario(model: Any) -> str:
    """The short name, which stands in the rows of batch_run instead of what was handed in."""
    return model.talks.problem.name


def _seed(model: Any) -> int:
    return model.talks.seed


def _round(model: Any) -> int:
    return model.talks.state.round


def _running(model: Any) -> float:
    return float(model.talks.state.running.mean())


def _agreement(model: Any) -> float:
    return float((model.talks.state.ended == AGREEMENT).mean())


def _walk_out(model: Any) -> float:
    return float((model.talks.state.ended == WALKED_OUT).mean())


def _final_utility(model: Any, party: int) -> float | None:
    return None if model.running else float(results.utilities(model.talks)[:, party].mean())


def _party(delegation: Delegation) -> str:
    return delegation.id


def _utility(delegation: Delegation) -> float:
    """Of how the tables stand: of what was agreed, else of no agreement."""
    return float(results.utilities(delegation.talks)[:, delegation.index].mean())


def _reservation(delegation: Delegation) -> float:
    return float(delegation.talks.state.reservation[:, delegation.index].mean())


def _last_offer(delegation: Delegation) -> str | None:
    """What it proposed last, in notation; None before that, and where there are many tables."""
    talks = delegation.talks
    if talks.tables > 1 or not talks.state.proposals[0, delegation.index]:
        return None
    return write(talks.problem, talks.state.offers[0, delegation.index])
