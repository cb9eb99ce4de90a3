#!/bin/sh
# Lays out what the image holds: a virtual environment and the service, compiled. The Dockerfile runs it, and so does
# image-check.sh where there is no docker, so that both have the same tree.
#   build-tree.sh SOURCE TARGET [PYTHON]
set -eu
source=$1 target=$2 python=${3:-python3}

"$python" -m venv --without-pip "$target/venv"
packages=$("$target/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

# With hashes nothing comes that was not seen when the lock was made; only wheels, since there is no compiler.
"$python" -m pip --python "$target/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir \
  --no-compile --no-deps --only-binary=:all: --require-hashes --requirement "$source/deploy/requirements.lock"

# The asynchronous half of the Kubernetes client, which nothing imports, is more than half of it.
rm -rf "$packages/kubernetes/aio"
# Babel is here for plural rules; of its eight hundred locales these are spoken.
find "$packages/babel/locale-data" -name '*.dat' ! -name root.dat ! -name 'en*.dat' ! -name 'ru*.dat' -delete
# Tests and samples that wheels bring along.
rm -rf "$packages/matplotlib/tests" "$packages/matplotlib/mpl-data/sample_data" "$packages/mpl_toolkits"
find "$packages" -type d \( -name tests -o -name testing \) -path '*/numpy/*' -prune -exec rm -rf {} +
find "$packages" -type d -name __pycache__ -prune -exec rm -rf {} +

cp -R "$source/chatops" "$source/migrations" "$source/run.py" "$target/"
find "$target/chatops" "$target/migrations" -type d -name __pycache__ -prune -exec rm -rf {} +

# Nothing can be compiled on a read-only root, and a file's time says nothing in an image: unchecked.
"$target/venv/bin/python" -m compileall -q -j 0 --invalidation-mode unchecked-hash \
  "$packages" "$target/chatops" "$target/migrations" "$target/run.py"
chmod -R a+rX,go-w "$target"
