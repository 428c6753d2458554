# The stand-in for IBM Cloud. Node.js runs its TypeScript as it is. Down to `npm ci` the steps are those of the Dockerfile in
# the root, so that Docker takes them from its cache.
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE}
ARG NPM_CONFIG_REGISTRY
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false --no-audit --no-fund
COPY sandbox sandbox
USER 1000:1000
ENTRYPOINT ["node", "sandbox/main.ts"]
