"""Amendments whose requirements of a membership, or questions about people, cannot be."""

FAULTS_OF_REQUIREMENTS: list[tuple[str, int, str, str, str]] = [
    ("requirements:\n  opinions: {acts+: [dance]}", 6, "requirements.opinions.acts", "unknown_move", "dance"),
    (
        "requirements:\n  opinions: {or_acts: [dance]}",
        6,
        "requirements.opinions.or_acts",
        "unknown_move",
        "dance",
    ),
    (
        "requirements:\n  opinions: {ruled_from: limbo}",
        6,
        "requirements.opinions.ruled_from",
        "unknown_state",
        "limbo",
    ),
    ("requirements:\n  opinions: {has: crowd}", 6, "requirements.opinions.has", "unknown_organ", "crowd"),
    (
        "requirements:\n  opinions: {conditions+: [FAIR]}",
        6,
        "requirements.opinions.conditions",
        "unknown_condition",
        "FAIR",
    ),
    (
        "requirements:\n  opinions: {stated: [mood]}",
        6,
        "requirements.opinions.stated",
        "unknown_field",
        "mood",
    ),
    ("requirements:\n  opinions: {shown: [mood]}", 6, "requirements.opinions.shown", "unknown_field", "mood"),
    ("requirements:\n  opinions: {becomes: saint}", 6, "requirements.opinions.becomes", "shape", "saint"),
    ("requirements:\n  opinions: {mood: good}", 6, "requirements.opinions.mood", "unknown_key", "mood"),
    ("moves:\n  decide: {asks: saint}", 6, "moves.decide.asks", "shape", "saint"),
    ("person_facts:\n  born: {organ: crowd}", 6, "person_facts.born.organ", "unknown_organ", "crowd"),
]
"""Text, line, path, code, name."""
