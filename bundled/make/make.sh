#!/bin/sh
# Makes bundled/workspace anew with the real tool. Needs python3 (3.10 or newer) with venv, git, and /srv to write in.
# The paths that the tool stores are those of the place it ran in, so it runs in a neutral one, removed afterwards.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=/srv/trialdeck-demo
python=/srv/trialdeck-python
trap 'rm -rf "$root" "$python"' EXIT
python3 -m venv "$python"
"$python/bin/pip" install --quiet --requirement "$here/requirements.txt"
TZ=UTC PATH="$python/bin:$PATH" "$python/bin/python" "$here/make.py" "$root" "$here/.."
