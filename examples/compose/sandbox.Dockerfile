# Runs the IBM Cloud sandbox. Node.js runs its TypeScript directly. The steps up to `npm ci` are the same as in the root
# Dockerfile, so that Docker reuses its cache.
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE}
ARG NPM_CONFIG_REGISTRY
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false --no-audit --no-fund
COPY sandbox sandbox
USER 1000:1000
ENTRYPOINT ["node", "sandbox/main.ts"]
