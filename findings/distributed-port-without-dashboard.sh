#!/usr/bin/env bash
# distributed.LocalCluster(dashboard_address=None) starts no dashboard and yet listens on its port, 8787.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    dask==2026.8.0 distributed==2026.8.0

cat > "$folder/cluster.py" <<'PYTHON'
import socket

import distributed


def is_free(port):
    """Whether another program can listen on a port."""
    try:
        socket.create_server(("", port)).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    print("distributed", distributed.__version__)
    assert is_free(8787), "another program uses port 8787; stop it to see what a cluster does"
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster:
        port, taken = cluster.scheduler.http_server.port, not is_free(8787)
    print(f"dashboard_address=None: the scheduler's HTTP server has port {port}; 8787 is taken: {taken}")
    assert port == 8787 and taken, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/cluster.py"
