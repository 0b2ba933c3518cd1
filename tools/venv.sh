#!/bin/sh
# Makes the virtual environment $1 and installs the project into it, editable: with what can be had, or, where $2
# names a lock, with exactly the files of that lock.
# Debian splits `ensurepip` off into python3-venv: without it `python3 -m venv` fails half-way, so ask first.
set -eu
venv=$1
lock=${2:-}
python=${PYTHON:-python3}

die() { echo "vaudit: $1" >&2; exit 3; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; }

# What to do about a Python that is too old, or not there: use a newer one that is here, or install one.
advice() {
	for name in python3.13 python3.12 python3.11 python3.10; do
		if new_enough "$name"; then
			echo "run make PYTHON=$name"
			return
		fi
	done
	echo "install one (Debian from 12 on and Ubuntu from 22.04 on: apt-get install python3 python3-venv;" \
		"elsewhere a package such as python3.12) and name it, as in make PYTHON=python3.12"
}

"$python" --version >/dev/null 2>&1 || die "$python is not installed, Python 3.10 or newer is needed: $(advice)"
new_enough "$python" || die "$python is $("$python" --version 2>&1), 3.10 or newer is needed: $(advice)"
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
	package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "vaudit: installing $package from Debian" >&2
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
			"$package"; } >/dev/null 2>&1 || true
	fi
	"$python" -c 'import ensurepip, venv' 2>/dev/null ||
		die "$package is missing: apt-get install $package (as root), then run make again"
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
if [ -n "$lock" ]; then
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
		die "$lock could not be installed: is there a package index that has these files?"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ||
		die "the project could not be installed"
	exit 0
fi
# dependency groups need pip 25.1
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' ||
	die "pip could not be brought up to date: is a package index reachable?"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e . ||
	die "the project could not be installed: is a package index reachable?"
