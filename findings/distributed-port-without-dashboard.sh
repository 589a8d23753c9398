#!/usr/bin/env bash
# distributed.LocalCluster(dashboard_address=None) starts no dashboard and yet listens on its port, 8787.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    dask==2026.8.0 distributed==2026.8.0

cat > "$folder/cluster.py" <<'PYTHON'
import urllib.request
from urllib.parse import urlsplit

import distributed

if __name__ == "__main__":
    print("distributed", distributed.__version__)
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster:
        port, host = cluster.scheduler.http_server.port, urlsplit(cluster.scheduler_address).hostname
        with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=20) as answer:
            text = answer.read().decode()
    print(f"dashboard_address=None: an HTTP server on port {port} answers {text!r} at /health")
    assert text == "ok", "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/cluster.py"
