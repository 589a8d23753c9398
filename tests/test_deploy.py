"""The files that serve the dashboard to a team agree with each other and with the project."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTAINER, COMPOSE, PROXY = (
    (ROOT / "deploy" / name).read_text(encoding="utf-8")
    for name in ("Containerfile", "compose.yaml", "nginx.conf")
)


def test_what_the_image_copies_is_there_and_is_all_that_the_wheel_needs() -> None:
    copied = {
        name for names in re.findall(r"^COPY (.*) \S+$", CONTAINER, re.MULTILINE) for name in names.split()
    }
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {name.partition("/")[0] for name in wheel["only-include"]} <= copied
    extras = re.findall(r"\.\[(.*?)\]", CONTAINER)[0].split(",")
    assert set(extras) <= set(project["project"]["optional-dependencies"])


def test_the_proxy_and_the_health_check_ask_the_port_that_the_dashboard_listens_on() -> None:
    (port,) = re.findall(r'"--port", "(\d+)"', CONTAINER)
    assert re.findall(r"127\.0\.0\.1:(\d+)", PROXY + COMPOSE) == [port, port]


def test_every_file_that_the_proxy_reads_is_mounted() -> None:
    read = set(re.findall(r"(/etc/nginx/\S+);", PROXY))
    mounted = set(re.findall(r"- \./\S+:(/etc/nginx/[^:]+):ro", COMPOSE))
    assert read | {"/etc/nginx/conf.d/default.conf"} == mounted
