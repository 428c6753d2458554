# A Singer pipeline: the tap, a target, and the script that connects them.
ARG PYTHON_IMAGE=python:3.12-slim
FROM ${PYTHON_IMAGE}
# Copies the wheel from `npm run build:wheel`. This step becomes unnecessary once the package is on PyPI.
COPY dist-wheel /wheels
# The copied wheel determines the version of source-compose.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir --find-links /wheels source-compose meltanolabs-target-postgres==0.8.1
COPY examples/compose/load.sh /usr/local/bin/load
RUN mkdir /state && chown 1000:1000 /state
USER 1000:1000
ENTRYPOINT ["bash", "/usr/local/bin/load"]
