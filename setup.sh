#!/usr/bin/env bash
# Installs what is missing: Debian packages, the virtual environment, the locked Python packages. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")"

# package -> how to see that it is there
missing=()
need() { eval "$2" >/dev/null 2>&1 || missing+=("$1"); }
need tesseract-ocr     'command -v tesseract'
need tesseract-ocr-vie 'tesseract --list-langs 2>&1 | grep -qx vie'
need poppler-utils     'command -v pdftoppm'
need fonts-liberation2 'ls /usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf'
# Only the tests need a database server: `make test` starts a cluster of its own with these programs.
if [ "${1:-}" = tests ]; then
    need postgresql 'ls /usr/lib/postgresql/*/bin/initdb'
    # and a browser: the screens are tested as people use them.
    need chromium 'command -v chromium'
fi
python=${PYTHON:-python3}
if command -v "$python" >/dev/null; then
    need python3-venv "$python -c 'import ensurepip, venv'"
else
    missing+=(python3 python3-venv)
fi

if [ ${#missing[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null; then
        echo "These packages are missing and apt-get is not here to install them: ${missing[*]}" >&2
        echo "Install what your system calls them (Tesseract 5 with Vietnamese data, poppler tools," >&2
        echo "Liberation fonts 2.x, Python 3.11 or newer with venv) and run this again." >&2
        exit 3
    fi
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Run as root, or install sudo: apt-get install ${missing[*]}" >&2; exit 3; }
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; $("$python" --version) is here. Set PYTHON to a newer one." >&2
    exit 3
}
[ -x .venv/bin/python ] || "$python" -m venv .venv

# The lock is complete, so pip resolves nothing; the stamp keeps a second run to a second.
stamp=.venv/.installed
wanted=$(cat requirements.lock pyproject.toml | sha256sum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
    echo "Installing the Python packages of requirements.lock" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    # Without it every command would compile two thousand modules again where pip was told to write no bytecode.
    .venv/bin/python -m compileall -q .venv/lib extractors models pipeline web || true
    echo "$wanted" > "$stamp"
fi
