"""What could be agreed, what would be fair, how good an agreement is, what could have been, and where each number comes
from.

Knows scenarios and utilities, not how a package arose.
"""

from .explain import Explanation, background, explain
from .forecast import Forecast, compromise, forecasts, weighted_median
from .frontier import Frontier, frontier
from .hindsight import Hindsight, look_around, look_back
from .measures import Yardstick, distance_to_frontier, opposition, welfare
from .solutions import Points, points
from .solve import Outlook, Point, Solution, solve
from .zone import agreeable, signable, vectors, vetoes, zone_sizes

__all__ = [
    "Explanation",
    "Forecast",
    "Frontier",
    "Hindsight",
    "Outlook",
    "Point",
    "Points",
    "Solution",
    "Yardstick",
    "agreeable",
    "background",
    "compromise",
    "distance_to_frontier",
    "explain",
    "forecasts",
    "frontier",
    "look_around",
    "look_back",
    "opposition",
    "points",
    "signable",
    "solve",
    "vectors",
    "vetoes",
    "weighted_median",
    "welfare",
    "zone_sizes",
]
