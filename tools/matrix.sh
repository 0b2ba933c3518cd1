#!/bin/sh
# The quick tests, all cases of them, with each Python that vaudit supports and that can be had here: on PATH, from pyenv
# or from uv, each with a virtual environment of its own. Which could not be had stands at the end.
set -u
missing=""
failed=""

# The path of a Python $1 that runs; nothing where there is none.
find_python() {
	for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/"python$1" \
		"${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}/cpython-$1".*/bin/"python$1"; do
		if "$candidate" --version >/dev/null 2>&1; then
			command -v "$candidate"
			return
		fi
	done
}

for version in 3.10 3.11 3.12 3.13; do
	python=$(find_python "$version")
	if [ -z "$python" ]; then
		missing="$missing $version"
		continue
	fi
	echo "== $("$python" --version): $python"
	${MAKE:-make} --no-print-directory PYTHON="$python" SAMPLE= unit || failed="$failed $version"
done
[ -z "$missing" ] || echo "NOT RUN, no such Python here:$missing"
[ -z "$failed" ] || { echo "FAILED with Python$failed"; exit 1; }
