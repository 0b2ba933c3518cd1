#!/bin/sh
# Writes requirements-dev.txt anew: the newest versions that pyproject.toml allows, for each Python and system,
# with the checksums of all their files. uv solves for all of them at once, and is needed here alone.
set -eu
cd "$(dirname "$0")/.."
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"${PYTHON:-python3}" -m venv "$made/venv"
"$made/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
{
	echo "# What development and CI install, every file by its checksum: \`make locked\` (docs/dependencies.md)."
	echo "# Made by \`make lock\` from pyproject.toml. Not for users: a vaudit that is installed takes what is newest."
	"$made/venv/bin/uv" pip compile pyproject.toml --group dev --group locked --universal --python-version 3.10 \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
} >"$made/lock"
mv "$made/lock" requirements-dev.txt
