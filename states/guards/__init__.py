"""Guards are the rules themselves, one small function per kind of rule.

They stand in modules by what they look at.
"""

from states.guards import acting as acting
from states.guards import eligibility as eligibility
from states.guards import flags as flags
from states.guards import memberships as memberships
from states.guards import papers as papers
from states.guards import people as people
from states.guards import union as union
from states.guards import votes as votes
from states.guards.kinds import GUARDS as GUARDS
from states.guards.kinds import Finding as Finding
from states.guards.kinds import Guard as Guard
from states.guards.kinds import MissingFact as MissingFact
from states.guards.kinds import guard as guard
from states.guards.votes import VoteShare as VoteShare
from states.guards.votes import compute_vote_share as compute_vote_share
