"""Which commune and village a row speaks of, and what has to be made because it is not there yet."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from states.rulebook.edition import Edition
from workflow.core.text import search_key
from workflow.office import Office
from workflow.register.place_names import bare, place_key, village_keys, village_search_key
from workflow.register.roster.import_row import Entry
from workflow.register.session import DAY, PIPELINE, edition_on, overlaps
from workflow.register.units import default_organs, new_unit_id
from workflow.storage import reads
from workflow.storage.engine import Connection
from workflow.storage.register_snapshot import HEADED, Tree, by, on
from workflow.storage.tables import PostRow

DECIDES, WATCHES, PROPOSES = "authority", "supervisor", "committee"
"""Organs by which the levels are told apart: no level's name stands in code."""

MOST_NEAR = 3


class Place(NamedTuple):
    """A unit as rows find it. ``kind``: of a village, where its name or its post says which."""

    id: str
    name: str
    level: str
    since: date
    kind: str | None = None


class Missing(NamedTuple):
    """Why a name finds no commune: a code and its values."""

    code: str
    values: dict[str, str]


class Places:
    """The units and posts of a day, by the names that rows write."""

    def __init__(self, office: Office, connection: Connection, tree: Tree, day: date, *, create: bool) -> None:
        self.office, self.tree, self.day, self.create = office, tree, day, create
        self.edition = edition_on(office, day)
        self.village_level = self.edition.organs[HEADED].level
        self.commune_level = _level_above(self.edition)
        self.new_communes: dict[str, dict[str, Any]] = {}
        self._post_rows = by(reads.register(connection, PostRow), "id")
        self._posts = {post.unit_id: post for rows in self._post_rows.values() if (post := on(rows, day))}
        self._communes: dict[str, list[Place]] = {}
        self._villages: dict[str, dict[str, list[Place]]] = {}
        self._found: dict[str, Place | Missing] = {}
        self._taken = set(tree.units)
        self._first_of: dict[str, Entry] = {}
        for id_, units in tree.units.items():
            if (unit := on(units, day)) is not None:
                self._know(Place(id_, unit.name, unit.level, min(one.valid_from for one in units)))

    def _know(self, place: Place) -> None:
        if place.level != self.village_level:
            self._communes.setdefault(place_key(place.name), []).append(place)
            return
        post = self._posts.get(place.id)
        kind, key = village_keys(place.name, post.kind if post else None)
        for unit in self.tree.above(place.id, self.day)[1:]:
            self._villages.setdefault(unit.id, {}).setdefault(key, []).append(place._replace(kind=kind))

    def settle(self, entries: Iterable[Entry]) -> None:
        """Find the place of every row, or note what is wrong; new places are prepared."""
        new: list[tuple[Entry, Place]] = []
        for entry in entries:
            commune = self._commune(entry)
            if commune is None:
                continue
            entry.commune = commune.id
            village = self._village(entry, commune)
            if village is not None:
                self._settled(entry, village)
            elif not entry.faults:
                new.append((entry, commune))
        for entry, commune in new:
            self._new_village(entry, commune)

    # --- communes ------------------------------------------------------------------------------------------------

    def _commune(self, entry: Entry) -> Place | None:
        """The commune a row names. What is wrong with a name is found out once, and noted for each of its rows."""
        name = entry.row.commune
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._look_up(name)
        if isinstance(found, Missing):
            entry.fault(found.code, "commune", commune=name, **found.values)
            return None
        return found

    def _look_up(self, name: str) -> Place | Missing:
        found = self._communes.get(place_key(name), [])
        found = [place for place in found if place.level == self.commune_level] or found
        if len(found) == 1:
            return found[0]
        if found:
            return Missing("commune_ambiguous", {"known": ", ".join(place.id for place in found)})
        near = self._near(name)
        if self.create and not any(search_key(bare(one)) == search_key(bare(name)) for one in near):
            return self._new_commune(name)
        return Missing("commune_near", {"near": ", ".join(near)}) if near else Missing("commune_unknown", {})

    def _near(self, name: str) -> list[str]:
        """Names of units that are spelt like this one, those that differ by marks only first."""
        by_key = {search_key(bare(place.name)): place.name for places in self._communes.values() for place in places}
        return [by_key[key] for key in get_close_matches(search_key(bare(name)), by_key, n=MOST_NEAR, cutoff=0.7)]

    def _new_commune(self, name: str) -> Place | Missing:
        level = self.commune_level
        organs = default_organs(self.edition, level)
        above = self._above_communes()
        if len(above) > 1:
            return Missing("several_above", {"known": ", ".join(place.id for place in above)})
        if not above and DECIDES not in organs:
            return Missing("nothing_above", {})
        parent = above[0] if above else None
        since = max(filter(None, (parent.since if parent else None, self._since_when(level))))
        place = Place(self._id(name, level, None), name, level, since)
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

    def _above_communes(self) -> list[Place]:
        """The units that a new commune may stand below: those that decide, else those that watch."""
        levels = (self.village_level, self.commune_level)
        places = [place for places in self._communes.values() for place in places if place.level not in levels]
        for organ in (DECIDES, WATCHES):
            rows = {place.id: self.tree.unit(place.id, self.day) for place in places}
            found = [one for one in places if (row := rows[one.id]) and organ in row.organs.split(",")]
            if found:
                return found
        return []

    def _since_when(self, level: str) -> date:
        """The day since which a unit of the level has had the organs that it has today."""
        rulebook, since = self.office.rulebook, self.edition.in_force
        organs = default_organs(self.edition, level)
        for name in reversed(rulebook.editions(PIPELINE)):
            edition = rulebook.edition(PIPELINE, name)
            if edition.in_force > self.day:
                continue
            if default_organs(edition, level) != organs:
                break
            since = edition.in_force
        return since

    # --- villages ------------------------------------------------------------------------------------------------

    def _village(self, entry: Entry, commune: Place) -> Place | None:
        kind, key = village_keys(entry.row.village, entry.row.village_kind)
        known = self._villages.get(commune.id, {}).get(key, [])
        found = [place for place in known if kind is None or place.kind in (None, kind)]
        found = [place for place in found if place.kind == kind] if len(found) > 1 else found
        if len(found) == 1:
            return found[0]
        if found or (kind is None and len(known) > 1):
            names = ", ".join(place.name for place in found or known)
            entry.fault("village_ambiguous", "village", village=entry.row.village, known=names)
        return None

    def _settled(self, entry: Entry, village: Place) -> None:
        entry.unit = village.id
        entry.post = self._posts.get(village.id)
        if entry.post is None:
            self._new_post(entry, village.id, village.since)
        first = self._first_of.setdefault(village.id, entry)
        if first is not entry:
            for one, other in ((first, entry), (entry, first)):
                one.fault("one_village_twice", "village", village=one.row.village, other=other.row.row)

    def _new_village(self, entry: Entry, commune: Place) -> None:
        """A village that is not there yet; one spelt like another that the file says nothing of may be that one."""
        village, wanted = entry.row.village, village_search_key(entry.row.village)
        near = [
            place.name
            for places in self._villages.get(commune.id, {}).values()
            for place in places
            if place.id not in self._first_of and village_search_key(place.name) == wanted
        ]
        if near:
            entry.fault("village_near", "village", village=village, near=", ".join(near))
            return
        entry.new_unit = True
        entry.unit = self._id(village, self.village_level, commune.id)
        organs = ",".join(default_organs(self.edition, self.village_level))
        values = {"id": entry.unit, "name": village, "level": self.village_level, "parent": commune.id}
        more = {"organs": organs, "authorised": False, "successor": None}
        entry.adds.append(("units", {"valid_from": commune.since, "valid_to": None, **values, **more}))
        self._new_post(entry, entry.unit, commune.since)

    def _new_post(self, entry: Entry, unit: str, since: date) -> None:
        """The post of a village that has none, or none any more."""
        ended = [row.valid_to for row in self._post_rows.get(unit, ()) if row.valid_to]
        since = max([since, *(day + DAY for day in ended)])
        if overlaps(self._post_rows.get(unit, ()), since):
            entry.fault("post_elsewhere", "village", village=entry.row.village, post=unit)
            return
        entry.new_post = unit
        kind = entry.row.village_kind or "village"
        entry.adds.append(("posts", {"valid_from": since, "valid_to": None, "id": unit, "unit_id": unit, "kind": kind}))
        entry.becomes("added")

    def _id(self, name: str, level: str, parent: str | None) -> str:
        id_ = new_unit_id(self.edition, name, level, parent, self._taken)
        self._taken.add(id_)
        return id_


def _level_above(edition: Edition) -> str:
    """The level of the units that villages are listed by: where every unit has a committee, else where is decided."""
    committee = edition.organs.get(PROPOSES)
    return committee.level if committee and not committee.optional else edition.organs[DECIDES].level
