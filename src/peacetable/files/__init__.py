"""Scenario files to a frozen Scenario, or every problem at once with its place, a code and a remedy.

`load` for programs, `check` for people who edit files, `from_document` for scenarios stored in minutes and manifests,
`to_yaml` for writing one out. Only this layer knows YAML and pydantic.
"""

from .assemble import from_document
from .build import document_hash
from .folder import configs_dir, shipped, variants
from .headings import Heading, headings
from .problems import SETTING, Problem, told
from .reading import check, load, targets
from .writer import copy_scenario
from .writer import write_scenario as to_yaml

__all__ = [
    "Heading",
    "SETTING",
    "Problem",
    "check",
    "configs_dir",
    "copy_scenario",
    "document_hash",
    "from_document",
    "headings",
    "load",
    "shipped",
    "targets",
    "to_yaml",
    "told",
    "variants",
]
