"""Communes and villages that rows speak of are found or prepared."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from states.rulebook.edition import Edition
from workflow.core.text import search_key
from workflow.office import Office
from workflow.register.commands.units import default_organs, new_unit_id
from workflow.register.place_names import place_key, strip_unit_kind, village_keys, village_search_key
from workflow.register.roster.import_row import ImportEntry
from workflow.register.session import DAY, PIPELINE, find_overlap, register_edition_on
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import BRANCH_ORGAN, RegisterSnapshot, find_row_on, group_by
from workflow.storage.tables.register import PostRow

DECIDES, WATCHES, PROPOSES = "authority", "supervisor", "committee"
"""Organs by which the levels are told apart: no level's name stands in code."""

MAX_NEAR = 3


class KnownUnit(NamedTuple):
    """A unit as rows find it. ``kind``: of a village, where its name or its post says which."""

    id: str
    name: str
    level: str
    since: date
    kind: str | None = None


class MissingCommune(NamedTuple):
    """Why a name finds no commune: a code and its values."""

    code: str
    values: dict[str, str]


class PlaceMatcher:
    """The units and posts of a day, by the names that rows write."""

    def __init__(
        self, office: Office, connection: Connection, tree: RegisterSnapshot, day: date, *, create: bool
    ) -> None:
        self.office, self.tree, self.day, self.create = office, tree, day, create
        self.edition = register_edition_on(office, day)
        self.village_level = self.edition.organs[BRANCH_ORGAN].level
        self.commune_level = _level_above(self.edition)
        self.new_communes: dict[str, dict[str, Any]] = {}
        self._post_rows = group_by(reads.load_register_rows(connection, PostRow), "id")
        self._posts = {
            post.unit_id: post for rows in self._post_rows.values() if (post := find_row_on(rows, day))
        }
        self._communes: dict[str, list[KnownUnit]] = {}
        self._villages: dict[str, dict[str, list[KnownUnit]]] = {}
        self._commune_answers: dict[str, KnownUnit | MissingCommune] = {}
        self._taken = set(tree.units)
        self._first_of: dict[str, ImportEntry] = {}
        for id_, units in tree.units.items():
            if (unit := find_row_on(units, day)) is not None:
                self._add_unit(
                    KnownUnit(id_, unit.name, unit.level, min(unit_row.valid_from for unit_row in units))
                )

    def _add_unit(self, place: KnownUnit) -> None:
        if place.level != self.village_level:
            self._communes.setdefault(place_key(place.name), []).append(place)
            return
        post = self._posts.get(place.id)
        kind, key = village_keys(place.name, post.kind if post else None)
        for unit in self.tree.units_above(place.id, self.day)[1:]:
            self._villages.setdefault(unit.id, {}).setdefault(key, []).append(place._replace(kind=kind))

    def match_places(self, entries: Iterable[ImportEntry]) -> None:
        """Find the place of every row, or note what is wrong; new places are prepared."""
        new: list[tuple[ImportEntry, KnownUnit]] = []
        for entry in entries:
            commune = self._match_commune(entry)
            if commune is None:
                continue
            entry.commune = commune.id
            village = self._match_village(entry, commune)
            if village is not None:
                self._assign_village(entry, village)
            elif not entry.faults:
                new.append((entry, commune))
        for entry, commune in new:
            self._create_village(entry, commune)

    # --- communes -------------------------------------------------------------------------------------------

    def _match_commune(self, entry: ImportEntry) -> KnownUnit | None:
        """The commune a row names. A bad name is analysed once and its fault noted for each of its rows."""
        name = entry.row.commune
        answer = self._commune_answers.get(name)
        if answer is None:
            answer = self._commune_answers[name] = self._look_up_commune(name)
        if isinstance(answer, MissingCommune):
            entry.add_fault(answer.code, "commune", commune=name, **answer.values)
            return None
        return answer

    def _look_up_commune(self, name: str) -> KnownUnit | MissingCommune:
        matches = self._communes.get(place_key(name), [])
        matches = [place for place in matches if place.level == self.commune_level] or matches
        if len(matches) == 1:
            return matches[0]
        if matches:
            return MissingCommune("commune_ambiguous", {"known": ", ".join(place.id for place in matches)})
        near = self._near_names(name)
        if self.create and not any(
            search_key(strip_unit_kind(near_name)) == search_key(strip_unit_kind(name)) for near_name in near
        ):
            return self._create_commune(name)
        return (
            MissingCommune("commune_near", {"near": ", ".join(near)})
            if near
            else MissingCommune("commune_unknown", {})
        )

    def _near_names(self, name: str) -> list[str]:
        """Names of units that are spelt like this one, those that differ by marks only first."""
        by_key = {
            search_key(strip_unit_kind(place.name)): place.name
            for places in self._communes.values()
            for place in places
        }
        return [
            by_key[key]
            for key in get_close_matches(search_key(strip_unit_kind(name)), by_key, n=MAX_NEAR, cutoff=0.7)
        ]

    def _create_commune(self, name: str) -> KnownUnit | MissingCommune:
        level = self.commune_level
        organs = default_organs(self.edition, level)
        above = self._units_above_communes()
        if len(above) > 1:
            return MissingCommune("several_above", {"known": ", ".join(place.id for place in above)})
        if not above and DECIDES not in organs:
            return MissingCommune("nothing_above", {})
        parent = above[0] if above else None
        since = max(filter(None, (parent.since if parent else None, self._level_since(level))))
        place = KnownUnit(self._create_id(name, level, None), name, level, since)
        self.new_communes[place.id] = {
            "valid_from": since,
            "valid_to": None,
            "id": place.id,
            "name": name,
            "level": level,
            "parent": parent.id if parent else None,
            "organs": ",".join(organs),
            "authorised": False,
            "successor": None,
        }
        self._communes.setdefault(place_key(name), []).append(place)
        return place

    def _units_above_communes(self) -> list[KnownUnit]:
        """The units that a new commune may stand below: those that decide, else those that watch."""
        levels = (self.village_level, self.commune_level)
        places = [
            place for places in self._communes.values() for place in places if place.level not in levels
        ]
        for organ in (DECIDES, WATCHES):
            rows = {place.id: self.tree.find_unit(place.id, self.day) for place in places}
            matches = [
                candidate
                for candidate in places
                if (row := rows[candidate.id]) and organ in row.organs.split(",")
            ]
            if matches:
                return matches
        return []

    def _level_since(self, level: str) -> date:
        """The day since which a unit of the level has had the organs that it has today."""
        rulebook, since = self.office.rulebook, self.edition.in_force
        organs = default_organs(self.edition, level)
        for name in reversed(rulebook.list_editions(PIPELINE)):
            edition = rulebook.load_edition(PIPELINE, name)
            if edition.in_force > self.day:
                continue
            if default_organs(edition, level) != organs:
                break
            since = edition.in_force
        return since

    # --- villages -------------------------------------------------------------------------------------------

    def _match_village(self, entry: ImportEntry, commune: KnownUnit) -> KnownUnit | None:
        kind, key = village_keys(entry.row.village, entry.row.village_kind)
        known = self._villages.get(commune.id, {}).get(key, [])
        matches = [place for place in known if kind is None or place.kind in (None, kind)]
        matches = [place for place in matches if place.kind == kind] if len(matches) > 1 else matches
        if len(matches) == 1:
            return matches[0]
        if matches or (kind is None and len(known) > 1):
            names = ", ".join(place.name for place in matches or known)
            entry.add_fault("village_ambiguous", "village", village=entry.row.village, known=names)
        return None

    def _assign_village(self, entry: ImportEntry, village: KnownUnit) -> None:
        entry.unit = village.id
        entry.post = self._posts.get(village.id)
        if entry.post is None:
            self._create_post(entry, village.id, village.since)
        first = self._first_of.setdefault(village.id, entry)
        if first is not entry:
            for current, other in ((first, entry), (entry, first)):
                current.add_fault(
                    "one_village_twice", "village", village=current.row.village, other=other.row.row
                )

    def _create_village(self, entry: ImportEntry, commune: KnownUnit) -> None:
        """A village that is not there yet.

        One spelt like another that the file says nothing of may be that one.
        """
        village, wanted = entry.row.village, village_search_key(entry.row.village)
        near = [
            place.name
            for places in self._villages.get(commune.id, {}).values()
            for place in places
            if place.id not in self._first_of and village_search_key(place.name) == wanted
        ]
        if near:
            entry.add_fault("village_near", "village", village=village, near=", ".join(near))
            return
        entry.new_unit = True
        entry.unit = self._create_id(village, self.village_level, commune.id)
        organs = ",".join(default_organs(self.edition, self.village_level))
        values = {"id": entry.unit, "name": village, "level": self.village_level, "parent": commune.id}
        more = {"organs": organs, "authorised": False, "successor": None}
        entry.adds.append(("units", {"valid_from": commune.since, "valid_to": None, **values, **more}))
        self._create_post(entry, entry.unit, commune.since)

    def _create_post(self, entry: ImportEntry, unit: str, since: date) -> None:
        """The post of a village that has none, or none any more."""
        ended = [row.valid_to for row in self._post_rows.get(unit, ()) if row.valid_to]
        since = max([since, *(day + DAY for day in ended)])
        if find_overlap(self._post_rows.get(unit, ()), since):
            entry.add_fault("post_elsewhere", "village", village=entry.row.village, post=unit)
            return
        entry.new_post = unit
        kind = entry.row.village_kind or "village"
        entry.adds.append(
            ("posts", {"valid_from": since, "valid_to": None, "id": unit, "unit_id": unit, "kind": kind})
        )
        entry.add_outcome("added")

    def _create_id(self, name: str, level: str, parent: str | None) -> str:
        id_ = new_unit_id(self.edition, name, level, parent, self._taken)
        self._taken.add(id_)
        return id_


def _level_above(edition: Edition) -> str:
    """The level of the units that villages are listed by.

    Where every unit has a committee, else where is decided.
    """
    committee = edition.organs.get(PROPOSES)
    return committee.level if committee and not committee.optional else edition.organs[DECIDES].level
