#!/bin/sh
# Makes the virtual environment $1 and installs the project into it, editable: with what can be had, or, where $2
# names a lock, with exactly the files of that lock. Nothing is needed but a Python: where Debian has split
# ensurepip off (python3-venv), tools/pip.py fetches pip.
set -eu
venv=$1
lock=${2:-}
python=${PYTHON:-python3}
here=$(dirname "$0")

die() { echo "vaudit: $1" >&2; exit 3; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; }

# A newer Python that is here: on PATH, from pyenv or from uv; nothing where there is none.
newer() {
	for version in 3.13 3.12 3.11 3.10; do
		for name in "python$version" "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/python3 \
			"${UV_PYTHON_INSTALL_DIR:-${HOME:-}/.local/share/uv/python}/cpython-$version".*/bin/python3; do
			if new_enough "$name"; then
				echo "$name"
				return
			fi
		done
	done
}

# How to have a newer one on this system, as a command.
advice() {
	ID='' VERSION_ID=''
	[ ! -r /etc/os-release ] || . /etc/os-release
	case "$ID" in
	rhel | centos | rocky | almalinux | ol | amzn) echo "dnf install python3.11" ;;
	opensuse* | sles) echo "zypper install python311" ;;
	alpine) echo "apk add python3" ;;
	arch) echo "pacman -S python" ;;
	fedora) echo "dnf install python3" ;;
	debian | ubuntu)
		case "$ID $VERSION_ID" in
		"debian 9" | "debian 10" | "debian 11" | "ubuntu 18."* | "ubuntu 20."*) uv ;;
		*) echo "apt-get install python3" ;;
		esac
		;;
	*) uv ;;
	esac
}
uv() { echo "curl -LsSf https://astral.sh/uv/install.sh | sh && ~/.local/bin/uv python install 3.12"; }

if ! new_enough "$python"; then
	is=$("$python" --version 2>&1) || is="not installed"
	other=$(newer)
	[ -n "$other" ] || die "$python is $is, 3.10 or newer is needed; to have one: $(advice); then run make again"
	[ "$python" = python3 ] || die "$python is $is, 3.10 or newer is needed: run make PYTHON=$other"
	echo "vaudit: python3 is $is, so $other is used" >&2
	python=$other
fi
"$python" -c 'import venv' 2>/dev/null || die "$python lacks its module venv; to have it: $(advice); then run make again"

pip() { "$venv/bin/python" -m pip "$@"; }
[ -x "$venv/bin/python" ] || "$python" -m venv --without-pip "$venv"
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null &&
	! "$venv/bin/python" -m ensurepip >/dev/null 2>&1; then
	fetched=$(mktemp -d)
	trap 'rm -rf "$fetched"' EXIT
	wheel=$fetched/$(sed -n 's/^WHEEL = "\(.*\)"/\1/p' "$here/pip.py")
	"$python" "$here/pip.py" "$wheel" || die "is a package index reachable, and is ca-certificates installed?"
	"$venv/bin/python" "$wheel/pip" install --quiet --disable-pip-version-check --no-index "$wheel"
fi
if [ -n "$lock" ]; then
	pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
		die "$lock could not be installed: is there a package index that has these files?"
	pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ||
		die "the project could not be installed"
	exit 0
fi
pip install --quiet --disable-pip-version-check -e . ||
	die "the project could not be installed: is a package index reachable?"
