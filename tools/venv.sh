#!/bin/sh
# Makes the virtual environment $1 and installs the project into it, editable.
# Debian splits `ensurepip` off into python3-venv: without it `python3 -m venv` fails half-way, so ask first.
set -eu
venv=$1
python=${PYTHON:-python3}

die() { echo "vaudit: $1" >&2; exit 3; }

command -v "$python" >/dev/null 2>&1 || die "$python is not installed: apt-get install python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
	die "$python is older than 3.11: name a newer one with make PYTHON=python3.12"
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "vaudit: installing python3-venv from Debian" >&2
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
			python3-venv; } >/dev/null 2>&1 || true
	fi
	"$python" -c 'import ensurepip, venv' 2>/dev/null ||
		die "python3-venv is missing: apt-get install python3-venv (as root), then run make again"
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
# dependency groups need pip 25.1
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' ||
	die "pip could not be brought up to date: is a package index reachable?"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e . ||
	die "the project could not be installed: is a package index reachable?"
