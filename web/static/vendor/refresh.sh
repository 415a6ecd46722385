#!/usr/bin/env bash
# Fetches the browser code again, in a folder of its own: npm would walk every folder beside a package.json.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # package version file target
    (cd "$work" && npm pack --silent "$1@$2" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz)
    mkdir -p "$4"
    cp "$work/package/$3" "$work/package/LICENSE" "$4/"
    rm -rf "$work/package"
}

fetch htmx.org 2.0.11 dist/htmx.min.js "$here/htmx"
fetch cytoscape 3.34.4 dist/cytoscape.min.js "$here/cytoscape"
fetch axe-core 4.14.1 axe.min.js "$here/../../../tests/browser/vendor/axe"
