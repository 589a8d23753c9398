#!/bin/sh
# Prints the path of a Chromium for the browser tests, and installs one where there is none.
#
#   tools/browser.sh PYTHON
#
# First what is there: the CHROMIUM of the environment, a Chromium or Chrome on the path, Playwright's own.
# Then what can be had: Debian's package (as root, or with a sudo that asks no password), Playwright's download.
set -u

python=$1

say() { printf '%s\n' "$*" >&2; }

works() { [ -n "$1" ] && "$1" --version </dev/null >/dev/null 2>&1; }

answer() {
    printf '%s\n' "$1"
    exit 0
}

on_path() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        found=$(command -v "$name") && works "$found" && answer "$found"
    done
}

of_playwright() {
    found=$("$python" - 2>/dev/null <<'PYTHON'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PYTHON
    ) && works "$found" && answer "$found"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() { command -v apt-get >/dev/null && as_root true 2>/dev/null; }

from_debian() {
    say "Installing Debian's package chromium for the browser tests …"
    as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core' \
        </dev/null >&2
}

from_playwright() {
    say "Downloading Playwright's Chromium for the browser tests …"
    if may_install; then
        "$python" -m playwright install --with-deps chromium </dev/null >&2
    else
        "$python" -m playwright install chromium </dev/null >&2
    fi
}

if [ -n "${CHROMIUM:-}" ]; then
    works "$CHROMIUM" && answer "$CHROMIUM"
    say "CHROMIUM is '$CHROMIUM', which does not start; correct it or leave it out."
    exit 1
fi
(on_path) && exit 0
( of_playwright ) && exit 0
may_install && from_debian && (on_path) && exit 0
from_playwright && ( of_playwright ) && exit 0
say "No Chromium could be found or installed. Install one, name one (CHROMIUM=/path/to/chromium make test),"
say "or leave the tests that need it out: make test BROWSER=0"
exit 1
