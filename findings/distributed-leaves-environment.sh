#!/usr/bin/env bash
# A local cluster of distributed leaves variables in the caller's environment: its own BLAS threads drop to one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    dask==2026.8.0 distributed==2026.8.0

cat > "$folder/cluster.py" <<'PYTHON'
import os

import distributed

if __name__ == "__main__":
    print("distributed", distributed.__version__)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED"):
        os.environ.pop(name, None)
    before = dict(os.environ)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0"):
        pass
    added = {name: value for name, value in os.environ.items() if before.get(name) != value}
    print("after the cluster was closed, its caller has:", dict(sorted(added.items())))
    assert added.get("OMP_NUM_THREADS") == "1", "the behaviour has changed"
    assert "PYTHONHASHSEED" in added, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/cluster.py"
