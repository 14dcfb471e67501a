"""Copies of the editions with something corrected in them, and an office that comes under them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from states.rulebook.loading import EDITIONS, Rulebook
from states.rulebook.sources import YAML_LOADER
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.operations.upgrade.revise_office import OfficeRevision
from workflow.operations.upgrade.upgrade import upgrade_office
from workflow.register.writer import Who

ADMIN = Who("", "quan-tri")
YAML_DUMPER: type[yaml.CSafeDumper | yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Correct = Callable[[dict[str, Any]], None]
"""A correction of what a file of an edition says."""


def corrected_rules(
    folder: Path, correct: Correct, edition: str = "2016-07", like: Path = EDITIONS
) -> Rulebook:
    """The rules with one file of admission corrected."""
    shutil.copytree(like, folder)
    file = folder / "admission" / f"{edition}.yaml"
    content = yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER)  # noqa: S506 - a safe loader
    correct(content)
    text = yaml.dump(content, Dumper=YAML_DUMPER, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    rulebook = Rulebook(folder)
    rulebook.check_editions()
    return rulebook


def upgrade_to(config: Path, rulebook: Rulebook) -> OfficeRevision:
    """`ketnap upgrade` with a version of the program that has these rules."""
    return upgrade_office(config, ADMIN, rulebook=rulebook).revision


def upgraded(config: Path, rulebook: Rulebook) -> Office:
    """The office under these rules, open."""
    upgrade_to(config, rulebook)
    return open_office(config, rulebook)


def add_house_clock(rules: dict[str, Any]) -> None:
    rules["states"]["ceremony"]["house_days"] = 3


def drop_house_clock(rules: dict[str, Any]) -> None:
    del rules["states"]["opinions"]["house_days"]


def shorten_decision(rules: dict[str, Any]) -> None:
    rules["clocks"]["DEC_ADMIT"]["length"]["working_days"] = 5


def lengthen_decision(rules: dict[str, Any]) -> None:
    rules["clocks"]["DEC_ADMIT"]["length"]["working_days"] = 90


def shorten_house_clocks(rules: dict[str, Any]) -> None:
    for state in rules["states"].values():
        if state.get("house_days"):
            state["house_days"] = 1


def add_condition(rules: dict[str, Any]) -> None:
    says = {"vi": "Chưa có số báo cáo.", "en": "No report number."}
    rules["conditions"]["NEW_RULE"] = {
        "guard": "always",
        "says": says,
        "basis": "record",
        "citation": None,
        "effect": "refuse",
    }
    for name in ("nominate", "branch_proposes", "decide", "hold_ceremony"):
        rules["moves"][name]["conditions"].append("NEW_RULE")


def drop_condition(rules: dict[str, Any]) -> None:
    del rules["conditions"]["CLASS_AFTER_START"]
    for name in ("certify", "accept_certificate"):
        rules["moves"][name]["conditions"].remove("CLASS_AFTER_START")


def add_state(rules: dict[str, Any]) -> None:
    label = {"vi": "Hỏi thêm nơi cư trú", "en": "Ask where they live"}
    rules["states"]["residence"] = {"turn": "branch", "house_days": 2, "label": label}
    rules["moves"]["summarise_opinions"]["to"] = [{"state": "residence"}]
    move = {**rules["moves"]["enrol"], "label": label, "from": ["residence"]}
    rules["moves"]["ask_residence"] = {
        **move,
        "to": [{"state": "branch_meeting"}],
        "organ": "branch",
        "dated": "happened_on",
        "may": ["note"],
    }


def carry_residence_over(rules: dict[str, Any]) -> None:
    """The step of `add_state` is no more; who stands there goes on to the branch's meeting."""
    because = {"vi": "Không hỏi riêng nơi cư trú nữa", "en": "Residence is not asked about any more"}
    rules.setdefault("carry_over", {})["residence"] = {
        "to": [{"state": "branch_meeting"}],
        "because": because,
    }


def correct_article(rules: dict[str, Any]) -> None:
    rules["clocks"]["VERIF_REPLY"]["citation"] = [{"text": "HD01_2016", "at": "3.4d", "from": "2016-09-20"}]


def change_label(rules: dict[str, Any]) -> None:
    rules["states"]["branch_meeting"]["label"] = {"vi": "Chi bộ họp xét", "en": "The branch meets"}


def add_paper(rules: dict[str, Any]) -> None:
    title = {"vi": "Phiếu xác nhận", "en": "Confirmation"}
    rules["papers"]["X-KNĐ"] = {
        "order": 90,
        "part": "admission",
        "by": "branch",
        "dated": None,
        "title": title,
    }


def add_move(rules: dict[str, Any]) -> None:
    again = rules["moves"]["retake_class"]
    rules["moves"]["ask_again"] = {
        **again,
        "label": {"vi": "Lấy ý kiến lại", "en": "Ask again"},
        "from": ["branch_meeting"],
        "to": [{"state": "opinions"}],
        "dated": "happened_on",
        "may": ["note"],
    }


CORRECTIONS: dict[str, Correct] = {
    correct.__name__: correct
    for correct in (
        add_house_clock,
        drop_house_clock,
        shorten_house_clocks,
        shorten_decision,
        lengthen_decision,
        add_condition,
        drop_condition,
        add_state,
        correct_article,
        change_label,
        add_paper,
        add_move,
    )
}
