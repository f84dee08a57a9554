# The sidecar.  Two stages: the first installs into a virtual environment, the second holds that and nothing to build with.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/echoguard
# Dependencies first: they change less often than the code.  Every file is checked against its hash.
COPY requirements/run.txt requirements/run.txt
RUN /opt/echoguard/bin/pip install --no-deps --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY corpora corpora
COPY detectors detectors
COPY guard guard
# setuptools is among the pinned requirements, so building the package downloads nothing.
RUN /opt/echoguard/bin/pip install --no-deps --no-build-isolation . \
 && /opt/echoguard/bin/pip uninstall --yes pip

FROM python:3.11-slim
ENV PATH=/opt/echoguard/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    NUMBA_CACHE_DIR=/var/cache/echoguard \
    ECHOGUARD_CACHE=/var/cache/echoguard \
    ECHOGUARD_CONFIG=/etc/echoguard/echoguard.toml
RUN groupadd --system --gid 10001 echoguard \
 && useradd --system --uid 10001 --gid echoguard --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin echoguard \
 && mkdir -p /var/lib/echoguard /var/cache/echoguard /etc/echoguard \
 && chown echoguard:echoguard /var/lib/echoguard /var/cache/echoguard \
 && python -m pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel
COPY --from=build /opt/echoguard /opt/echoguard
USER 10001:10001
# The patterns of credentials, compiled for this processor; on one that can do less they are compiled anew, in a second.
RUN python -c "from detectors.secrets import SecretDetector; print(SecretDetector().warm().name)"
# The ledger and the indexes; everything else can be read-only.
WORKDIR /var/lib/echoguard
VOLUME /var/lib/echoguard
EXPOSE 8642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8642/healthz', timeout=4)"]
ENTRYPOINT ["echoguard"]
# Reachable from other containers, which needs keys in the settings: without them this does not start.
CMD ["serve", "--host", "0.0.0.0"]
