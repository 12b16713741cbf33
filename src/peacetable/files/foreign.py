"""GENIUS and GeniusWeb scenarios: which files belong together, read as one Scenario, and written.

The form is a folder with one domain file and its profiles, in the order of their names, or a list with commas such as
`domain.xml,profile1.xml,profile2.xml`, where the order of the profiles is the order of the parties. GeniusWeb profiles
carry their domain, so they need no domain file. Templates, which are profiles without numbers, are passed over.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from ..errors import ScenarioError, ScenarioWarning
from ..scenario import Scenario
from . import genius, geniusweb
from .additive import MAX_BYTES, Domain, Profile, Unreadable, document, losses, name_problem, natural, tidy, unnumbered
from .assemble import from_document
from .folder import scenario_folders
from .problems import Place, Problem, Problems

SUFFIXES = (".xml", ".json")
FORMATS = {"genius": genius.PROGRAM, "geniusweb": geniusweb.PROGRAM}

Parsed = genius.Element | geniusweb.Source
Files = list[tuple[Path, Parsed]]


def foreign_files(name_or_path: str | Path) -> list[Path] | None:
    """The files that the text means, or None if it means no GENIUS or GeniusWeb scenario.

    Of a folder, only what is a domain, a profile, or cannot be read at all; files of other kinds are passed over.
    """
    text = str(name_or_path)
    if not text.strip():
        return None
    try:
        if Path(text).is_dir():
            return _in_folder(Path(text))
        parts = _split(text)
    except (OSError, ValueError):  # names that the file system refuses
        return None
    parts = [part for part in parts if part]
    if not parts or not all(part.lower().endswith(SUFFIXES) for part in parts):
        return None
    return [Path(part) for part in parts]


def _split(text: str) -> list[str]:
    """The parts between commas; commas in the name of a file that exists separate nothing."""
    parts, found = text.split(","), []
    while parts:
        joined = (n for n in range(1, len(parts) + 1) if Path(",".join(parts[:n]).strip()).is_file())
        count = next(joined, 1)
        found.append(",".join(parts[:count]).strip())
        parts = parts[count:]
    return found


def _in_folder(folder: Path) -> list[Path] | None:
    if (folder / "parties").is_dir() or scenario_folders(folder):
        return None
    there = [p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file()]
    wanted = [p for p in sorted(there, key=lambda p: natural(p.stem)) if _is_ours(p)]
    return wanted or None


def _is_ours(path: Path) -> bool:
    try:
        return _kind(_parsed(path, Problems())) is not None
    except Unreadable:
        return True


def load_foreign(name_or_path: str | Path) -> Scenario | None:
    """The scenario that the text means; None if it means no foreign one. Raises and warns as `load_files`."""
    paths = foreign_files(name_or_path)
    return None if paths is None else load_files(paths, str(name_or_path))


def load_files(paths: Sequence[Path], name: str) -> Scenario:
    """The scenario in the files, called `name` in messages; a ScenarioWarning for each warning.

    Raises ScenarioError with all problems.
    """
    scenario, problems = read(paths)
    if scenario is None:
        errors = [p for p in problems if p.severity == "error"]
        lines = [f"{name} cannot be read:", *(f"  {p}" for p in errors)]
        raise ScenarioError("\n".join(lines) if len(errors) > 1 else f"{lines[0]} {errors[0]}", tuple(problems))
    for problem in problems:
        warnings.warn(str(problem), ScenarioWarning, stacklevel=4)
    return scenario


def check_foreign(name_or_path: str | Path) -> tuple[Scenario | None, list[Problem]] | None:
    """The scenario, if there are no errors, and all problems; None if the text means no foreign scenario."""
    paths = foreign_files(name_or_path)
    return None if paths is None else read(paths)


def read(paths: Sequence[Path]) -> tuple[Scenario | None, list[Problem]]:
    """One domain file among the paths, all others its profiles, in the order of the parties."""
    problems = Problems()
    files: Files = []
    for path in paths:
        try:
            files.append((path, _parsed(path, problems)))
        except Unreadable as error:
            problems.add(*error.problem)
    found = None if problems.errors else _together(files, problems)
    if found is None or problems.errors:
        return None, problems.sorted()
    return from_document(document(*found)), problems.sorted()


def _together(files: Files, problems: Problems) -> tuple[Domain, list[Profile], str] | None:
    """Domain, profiles and the program's name."""
    domains, profiles, templates = _told_apart(files, problems)
    if problems.errors:
        return None
    if len({type(parsed) for _, parsed in files}) > 1:
        place = Place(str(files[0][0]))
        problems.add("E12", place, "GENIUS and GeniusWeb files are mixed", "give the files of one of them")
        return None
    domains = _left(domains, profiles, templates, problems)
    carried = (
        geniusweb.own_domain(profiles[0][1]) if profiles and isinstance(profiles[0][1], geniusweb.Source) else None
    )
    if not domains and carried is not None:
        domains = [(profiles[0][0], carried)]
    _count(domains, profiles, Place(str(files[0][0])), problems)
    if problems.errors:
        return None
    path, parsed = domains[0]
    title = _title(path, carried if parsed is carried else None)
    try:
        domain: Domain = _module(parsed).read_domain(parsed, title, problems)
    except Unreadable as error:
        problems.add(*error.problem)
        return None
    domain = domain if parsed is carried else replace(domain, file=path.name)
    return domain, list(_read_profiles(profiles, parsed, domain, problems)), _module(parsed).PROGRAM


def _told_apart(files: Files, problems: Problems) -> tuple[Files, Files, Files]:
    """The domains, the profiles and the templates among the files."""
    sorts: dict[str, Files] = {"domain": [], "profile": [], "template": []}
    for path, parsed in files:
        sort = _kind(parsed)
        if sort is None:
            message = "this is neither a GENIUS or GeniusWeb domain nor a profile"
            problems.add("E09", Place(str(path)), message, "give a domain and its profiles")
            continue
        sorts[sort].append((path, parsed))
        if sort == "profile":
            try:
                _module(parsed).refuse_other(parsed)
            except Unreadable as error:
                problems.add(*error.problem)
    return sorts["domain"], sorts["profile"], sorts["template"]


def _left(domains: Files, profiles: Files, templates: Files, problems: Problems) -> Files:
    """The domains that may be meant; what is passed over is named in warnings."""
    if not domains and len(templates) == 1 and isinstance(templates[0][1], genius.Element):
        domains, templates = templates, []  # it has the issues and values of a domain
    for path, _ in templates:
        message = "this is a template, a profile without numbers, and is passed over"
        problems.add("W15", Place(str(path)), message, "fill in its evaluations, or delete it")
    return _fitting(domains, profiles, problems) if len(domains) > 1 else domains


def _count(domains: Files, profiles: Files, place: Place, problems: Problems) -> None:
    """Whether there is one domain, and as many profiles as talks can have parties."""
    if len(domains) != 1:
        names = f": {', '.join(path.name for path, _ in domains)}" if domains else ""
        message = f"one domain file is needed, and there are {len(domains) or 'none'}{names}"
        problems.add("E12", place, message, "name the domain and its profiles, joined by commas")
    elif not 2 <= len(profiles) <= 100:
        message = f"the domain comes with {len(profiles)} profile(s), but talks need 2 to 100 parties"
        problems.add("E12", place, message, "name the profiles too, joined by commas: domain.xml,one.xml,two.xml")


def _title(path: Path, carried: geniusweb.Source | None) -> str:
    """What the scenario is called: after its domain file, or as the domain names itself that the profiles carry."""
    if carried is None:
        return re.sub(r"[ _-]*domain$", "", path.stem, flags=re.IGNORECASE) or path.stem
    named = carried.data.get("name")
    return tidy(named) if isinstance(named, str) and not name_problem(tidy(named)) else path.resolve().parent.name


def _read_profiles(profiles: Files, domain_file: Parsed, domain: Domain, problems: Problems) -> Iterator[Profile]:
    """Those of the profiles that can be read."""
    stems = unnumbered([path.stem for path, _ in profiles])
    for name, (path, parsed) in zip(stems, profiles, strict=True):
        try:
            yield replace(_profile(parsed, domain_file, domain, name, problems), file=path.name)
        except Unreadable as error:
            problems.add(*error.problem)


def _fitting(domains: Files, profiles: Files, problems: Problems) -> Files:
    """The domains that have the issues of all profiles, if there are any; those left out are named in a warning."""
    issues = [_module(parsed).issue_names(parsed) for _, parsed in profiles]
    fitting = [d for d in domains if all(_module(d[1]).issue_names(d[1]) == names for names in issues)]
    if not fitting or not issues:
        return domains
    full = [d for d in fitting if not isinstance(d[1], genius.Element) or d[1].tag == "negotiation_template"]
    kept = full or fitting
    for path, _ in domains:
        if path not in [path for path, _ in kept]:
            message = "this is another domain or an empty template, and is passed over"
            problems.add("W15", Place(str(path)), message, "delete it, or name the files that belong together")
    return kept


def _parsed(path: Path, problems: Problems) -> Parsed:
    """The file's content. Raises Unreadable; adds warnings to `problems`."""
    shown = Place(str(path))
    try:
        if not path.is_file():
            raise Unreadable("E01", shown, "there is no such file", "check the name")
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable("E02", shown, f"the file has more than {MAX_BYTES:,} bytes", "shorten it")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unreadable("E02", shown, f"the file cannot be read: {reason}", "check its permissions") from None
    is_json = path.suffix.lower() == ".json"
    return geniusweb.Source(data, str(path)) if is_json else genius.parse(data, str(path), problems)


def _module(parsed: Parsed) -> ModuleType:
    return genius if isinstance(parsed, genius.Element) else geniusweb


def _kind(parsed: Parsed) -> str | None:
    found: str | None = _module(parsed).kind(parsed)
    return found


def _profile(parsed: Parsed, domain_file: Parsed, domain: Domain, name: str, problems: Problems) -> Profile:
    if isinstance(parsed, genius.Element):
        return genius.read_profile(parsed, domain, name, problems)
    assert isinstance(domain_file, geniusweb.Source)
    return geniusweb.read_profile(parsed, domain_file, domain, name, problems)


def write(scenario: Scenario, program: str, folder: str | Path) -> tuple[list[Path], list[str]]:
    """Write the scenario as "genius" or "geniusweb" files into `folder` (made if missing).

    Returns the files, the domain first, and what they cannot hold, as sentences. Raises ScenarioError where a file is
    in the way or nothing can be written.
    """
    folder = Path(folder)
    files, notes = (genius.write(scenario), []) if program == "genius" else geniusweb.write(scenario)
    paths = [folder / name for name in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES or path in paths]
        if taken:
            raise ScenarioError(f"{taken[0]} is there already and is left as it is. Choose an empty folder.")
        for path, text in zip(paths, files.values(), strict=True):
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ScenarioError(f"Nothing can be written to {folder}: {error.strerror}.") from error
    return paths, [*losses(scenario), *notes]
