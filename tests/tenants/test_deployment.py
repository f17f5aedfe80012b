"""docker-compose.yml hands on every setting, and each secret only to who needs it."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = {name: one for name, one in COMPOSE["services"].items() if "build" in one}
# Set by the image, or for work on the product only.
NOT_HANDED_ON = {"DEBUG", "VAR_DIR", "CONN_MAX_AGE", "PASSWORD_HASHER"}
ADDRESSES = {"BACKUP_DATABASE_URL": {"backup", "upkeep"}, "VERIFY_DATABASE_URL": {"upkeep"},
             "MIGRATE_DATABASE_URL": {"migrate", "upkeep"}, "BACKUP_DIR": {"backup", "upkeep"}}  # fmt: skip


def named_in_settings() -> set[str]:
    """Every variable of the environment that config/settings.py reads."""
    source = (ROOT / "config/settings.py").read_text()
    found = set(re.findall(r'(?:env_\w+|environ\.get|database)\(\s*"([A-Z_]+)"', source))
    return found | {"PUBLIC_URL"}  # create_organization


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_can_be_given_to_every_service(service):
    assert {"SEARCH_KEY", "LIMIT_PAGES", "FIELD_KEYS", "DATABASE_URL"} <= named_in_settings()
    wanted = named_in_settings() - NOT_HANDED_ON - set(ADDRESSES)
    assert wanted - set(SERVICES[service]["environment"]) == set()


@pytest.mark.parametrize("variable", ADDRESSES)
def test_the_addresses_of_stronger_roles_are_known_where_they_are_needed_alone(variable):
    assert {name for name, one in SERVICES.items() if variable in one["environment"]} == ADDRESSES[variable]


def test_every_value_to_be_filled_in_stands_in_the_example():
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy/env.example").read_text(), re.MULTILINE))
    assert {"SECRET_KEY", "FIELD_KEYS"} <= asked <= example
    assert "SEARCH_KEY" in example
