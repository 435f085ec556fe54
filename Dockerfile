# One Dockerfile, the app as argument; the image runs the app and its `migrate`:
#
#   docker build --build-arg APP=task --tag tasktracker/task .
#   docker run … tasktracker/task                       the service
#   docker run … tasktracker/task dist/migrate.js       its migrations
#
# The base image, in this one place. To pin it: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
# (`docker buildx imagetools inspect node:24-bookworm-slim` shows the digest).
ARG NODE_IMAGE=node:24-bookworm-slim

# The files that determine dependencies and generated clients. Later stages run again only when these change.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /manifests
COPY . /src
RUN cd /src && find . -name package.json -o -name package-lock.json -o -path './apps/*/prisma/*' -type f -o -name 'tsconfig*.json' \
      -o -name prisma.config.ts -o -name generate-clients.ts -o -name node-guard.js \
    | tar --create --files-from - | tar --extract --directory /manifests

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /src
COPY --from=manifests /manifests ./
# Install scripts fetch and build what images don't need.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
RUN for app in apps/*; do npm run generate --if-present --workspace "$app" || exit 1; done

FROM dependencies AS build
COPY . .
ARG APP
RUN node tools/src/bundle.ts "$APP" /out

# For `skaffold dev`: every app from its source, which the container's user may replace.
FROM dependencies AS development
RUN chown 10001:10001 /src
USER 10001:10001
# The user has no home; tools that want one get this. Compiled code is kept, so that a restart takes a third less.
ENV HOME=/tmp NODE_COMPILE_CACHE=/src/.compile-cache
COPY --chown=10001:10001 . .
ENTRYPOINT ["node"]

FROM ${NODE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn*
WORKDIR /app
ARG APP
ARG NODE_IMAGE
ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tasktracker/${APP}" \
      org.opencontainers.image.description="The ${APP} of TaskTracker, and its migrations" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"
COPY --from=build /out ./
USER 10001:10001
# Node itself is process 1: it gets the signals.
ENTRYPOINT ["node"]
CMD ["dist/server.js"]
