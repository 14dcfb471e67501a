"""The peer: the same job by django-fsm-2, as its users would write it, in a process of its own.

The same rows are kept: a chained and sealed event, the case with its record, clocks, votes, words; roles
are asked of the same tree of units, and the vote's arithmetic is the transition's condition. Names and
words stand in clear. Started as ``python -m bench.peer SETTINGS``; each line ``FIRST LAST`` on its input
plays those candidates' acts, and the seconds they took come back.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django
from django.conf import settings

settings.configure(DATABASES=json.loads(sys.argv[1]), DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()

from django.db import connection, models, transaction  # noqa: E402 - Django wants its settings first
from django_fsm import FSMField, can_proceed  # noqa: E402
from django_fsm import transition as fsm_transition  # noqa: E402

from bench.journey import COMMUNES, DISTRICT, OPENED, VILLAGES, Act, Candidate, side_by_side  # noqa: E402

MOVES = {
    "nominate": ("listed", "nominated"),
    "request_class": ("nominated", "class_requested"),
    "enrol": ("class_requested", "training"),
    "certify": ("training", "sponsorship"),
    "send_for_verification": ("sponsorship", "verification"),
    "conclude_verification": ("verification", "opinions"),
    "summarise_opinions": ("opinions", "branch_meeting"),
    "branch_proposes": ("branch_meeting", "committee_meeting"),
    "committee_proposes": ("committee_meeting", "decision"),
    "decide": ("decision", "ceremony"),
    "hold_ceremony": ("ceremony", "probation"),
    "open_recognition": ("probation", "recognition_branch"),
    "branch_recognises": ("recognition_branch", "recognition_committee"),
    "committee_recognises": ("recognition_committee", "recognition_decision"),
    "recognise": ("recognition_decision", "member"),
}
CLOCKS = {"branch_proposes": "DEC_ADMIT", "receive_decision": "CEREMONY", "hold_ceremony": "PROBATION"}


class Peer(models.Model):
    class Meta:
        abstract = True
        app_label = "peer"


class Unit(Peer):
    name = models.CharField(max_length=80, primary_key=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)


class Grant(Peer):
    user = models.CharField(max_length=80, db_index=True)
    role = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE)


class Person(Peer):
    name = models.CharField(max_length=80, primary_key=True)
    born = models.DateField(null=True)
    official_since = models.DateField(null=True)


class Seal(Peer):
    n = models.BigIntegerField()
    hash = models.CharField(max_length=64)


def _vote_carries(case: "Case") -> bool:
    roll, votes = case.act.fields.get("roll"), case.act.fields.get("votes_for")
    return not isinstance(roll, int) or not isinstance(votes, int) or 3 * votes >= 2 * roll


def _in_order(case: "Case") -> bool:
    return case.last_on is None or case.last_on <= case.act.on


def _old_enough(case: "Case") -> bool:
    return case.person.born is None or (case.act.on - case.person.born).days >= 18 * 365


def _move(name: str, source: str, target: str) -> Callable[..., None]:
    def method(self: "Case") -> None:
        self.last_on = self.act.on

    method.__name__ = name
    conditions = [_vote_carries, _in_order, _old_enough]
    moved: Callable[..., None] = fsm_transition("state", source=source, target=target, conditions=conditions)(
        method
    )
    return moved


class Moves:
    """The transitions as methods, one for each move."""


for _name, (_source, _target) in MOVES.items():
    setattr(Moves, _name, _move(_name, _source, _target))


class Case(Moves, Peer):
    name = models.CharField(max_length=80, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE)
    state = FSMField(default="listed")
    version = models.IntegerField(default=0)
    last_on = models.DateField(null=True)
    record = models.JSONField(default=dict)
    act: Act


class Log(Peer):
    n = models.BigIntegerField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    seq = models.IntegerField()
    body = models.JSONField()
    hash = models.CharField(max_length=64)

    class Meta(Peer.Meta):
        abstract = False
        unique_together = ("case", "seq")


class Clock(Peer):
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    start = models.DateField()
    due = models.DateField()


class Vote(Peer):
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    seq = models.IntegerField()
    roll = models.IntegerField()
    votes_for = models.IntegerField()
    votes_against = models.IntegerField()


class Words(Peer):
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    seq = models.IntegerField()
    field = models.CharField(max_length=40)
    text = models.TextField()


TABLES = (Unit, Grant, Person, Seal, Case, Log, Clock, Vote, Words)
TEXTS = ("strengths", "weaknesses")


def lay(candidates: int) -> None:
    """The same district, with a case for each candidate."""
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    Unit.objects.create(name=DISTRICT)
    Unit.objects.bulk_create(Unit(name=f"xa-{n}", parent_id=DISTRICT) for n in range(COMMUNES))
    everyone = [Candidate(n) for n in range(VILLAGES)]
    Unit.objects.bulk_create(Unit(name=one.village, parent_id=one.commune) for one in everyone)
    grants = [("huyen", "district_officer", DISTRICT)]
    grants += [(f"canbo-xa-{n}", "commune_officer", f"xa-{n}") for n in range(COMMUNES)]
    grants += [(one.user("branch"), "branch_secretary", one.village) for one in everyone]
    Grant.objects.bulk_create(Grant(user=user, role=role, unit_id=unit) for user, role, unit in grants)
    people = [Person(name=one.person, born=date(1980, 5, 1)) for one in everyone]
    people += [Person(name=id_, official_since=date(2000, 1, 1)) for one in everyone for id_ in one.sponsors]
    Person.objects.bulk_create(people)
    Seal.objects.create(n=0, hash="0" * 64)
    cases = [
        Case(name=f"K{one.number}", person_id=one.person, unit_id=one.village)
        for one in everyone[:candidates]
    ]
    Case.objects.bulk_create(cases)


def step(candidate: Candidate, act: Act) -> None:
    """One act in one transaction."""
    with transaction.atomic():
        seal = Seal.objects.select_for_update().get(pk=1)
        locked = Case.objects.select_for_update(of=("self",) if connection.vendor == "postgresql" else ())
        case = locked.select_related("person", "unit__parent__parent").get(pk=f"K{candidate.number}")
        line = [case.unit_id, case.unit.parent_id, case.unit.parent.parent_id]
        if not Grant.objects.filter(user=candidate.user(act.organ), unit_id__in=line).exists():
            raise PermissionError(act.kind)
        sponsors = act.fields.get("sponsors")
        if isinstance(sponsors, list) and any(
            p.official_since is None for p in Person.objects.filter(pk__in=sponsors)
        ):
            raise ValueError(sponsors)
        case.act = act
        if act.moves:
            method = getattr(case, act.kind)
            if not can_proceed(method, check_conditions=False):
                raise ValueError(act.kind)
            method()
        case.version += 1
        _write(seal, case, candidate, act)


def _write(seal: Seal, case: Case, candidate: Candidate, act: Act) -> None:
    words = {name: str(act.fields[name]) for name in TEXTS if name in act.fields}
    fields = {name: value for name, value in act.fields.items() if name not in TEXTS}
    case.record["fields"] = {**case.record.get("fields", {}), **fields, act.kind: act.on.isoformat()}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in words.items()}
    body: dict[str, Any] = {"n": seal.n + 1, "case": case.name, "seq": case.version, "kind": act.kind}
    body |= {"on": act.on.isoformat(), "to": case.state, "fields": fields, "texts": hashes}
    body |= {"by": candidate.user(act.organ), "typed": candidate.machine(act.organ)}
    seal.n += 1
    seal.hash = hashlib.sha256(seal.hash.encode() + json.dumps(body, sort_keys=True).encode()).hexdigest()
    Log.objects.create(n=seal.n, case=case, seq=case.version, body=body, hash=seal.hash)
    case.save()
    seal.save()
    for name, text in words.items():
        Words.objects.create(case=case, seq=case.version, field=name, text=text)
    if "roll" in fields:
        votes = {name: fields[name] for name in ("roll", "votes_for", "votes_against")}
        Vote.objects.create(case=case, seq=case.version, **votes)
    Clock.objects.filter(case=case, state="running").update(state="stopped")
    due = act.on + timedelta(days=60)
    Clock.objects.create(
        case=case, name=CLOCKS.get(act.kind, "house"), state="running", start=act.on, due=due
    )


def main() -> None:
    lay(int(sys.argv[2]))
    print(OPENED, flush=True)
    for line in sys.stdin:
        first, last = map(int, line.split())
        begun = time.perf_counter()
        for candidate, act in side_by_side([Candidate(n) for n in range(first, last)]):
            step(candidate, act)
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
