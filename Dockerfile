# docker build -t source-compose .
#
# The digest makes builds repeatable. Dependabot updates it only in FROM lines without variables. To build on another base:
#   docker build --build-context base=docker-image://node:24-slim -t source-compose .
FROM node:24-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS base

FROM base AS build
# Set this to use another npm registry.
ARG NPM_CONFIG_REGISTRY
WORKDIR /build
COPY package.json package-lock.json ./
# Skips the workspace that installs Node.js 24, because the base image already has it.
RUN npm ci --workspaces=false --no-audit --no-fund
COPY tsconfig.json rolldown.config.ts spec.json ./
COPY docs/reference/icd-questions.json docs/reference/
COPY src src
COPY scripts/third-party-licenses.ts scripts/image-compile-cache.cjs scripts/
RUN npm run build \
 && mkdir -p /airbyte/integration_code \
 && cp dist/*.js dist/*.txt dist/package.json scripts/image-compile-cache.cjs /airbyte/integration_code/
# Compiles the code once instead of at each start; image-compile-cache.cjs makes the result available to any user. The
# folder is read-only, because a container would lose anything written to it. Most of these commands load their code and
# then fail, because their files don't exist, so `|| true` ignores their exit codes.
RUN export NODE_COMPILE_CACHE=/tmp/compile_cache program=/airbyte/integration_code/source-compose.js \
           tap=/airbyte/integration_code/tap-compose.js \
 && node $program spec >/dev/null \
 && (node $program check --config /none || true; node $program discover --config /none || true; \
     node $program read --config /none --catalog /none || true; \
     node $program verify --config /none || true) >/dev/null 2>&1 \
 && node $tap --about >/dev/null \
 && (node $tap --config /none || true; node $tap --discover --config /none || true; \
     node $tap --test --config /none || true) >/dev/null 2>&1 \
 && mv $NODE_COMPILE_CACHE/* /airbyte/compile_cache \
 && chmod -R a+rX,go-w /airbyte

FROM base
COPY --from=build /airbyte /airbyte
# Puts both programs on PATH: `docker run --entrypoint tap-compose …`.
RUN ln -s /airbyte/integration_code/source-compose.js /usr/local/bin/source-compose \
 && ln -s /airbyte/integration_code/tap-compose.js /usr/local/bin/tap-compose

# These labels repeat metadata.yaml and package.json. `npm version` updates them, and a test compares them.
LABEL io.airbyte.name="source-compose" \
      io.github.source-compose.executable.airbyte="source-compose" \
      io.github.source-compose.executable.singer="tap-compose" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-compose" \
      org.opencontainers.image.description="Airbyte source and Singer tap for the inventory of hosted databases: IBM Cloud Databases and Compose, in full or incrementally." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/source-compose/source-compose" \
      org.opencontainers.image.documentation="https://github.com/source-compose/source-compose#readme"

# By default, V8's heap may grow to at least 259 MB, so the kernel would kill a smaller container. The first option
# leaves 40% of the limit to buffers and code. Users may override NODE_OPTIONS, because the program also works without
# these options.
ENV NODE_OPTIONS="--max-old-space-size-percentage=60 --require=/airbyte/integration_code/image-compile-cache.cjs" \
    AIRBYTE_ENTRYPOINT="/usr/local/bin/node /airbyte/integration_code/source-compose.js"

# The user is a number, because Kubernetes' runAsNonRoot rejects user names. Any other user works, too.
USER 1000:1000
ENTRYPOINT ["/usr/local/bin/node", "/airbyte/integration_code/source-compose.js"]
