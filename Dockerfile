# Culprit in a container: see docs/deploy.md for what it must be given to see its host; docker-compose.yml does all of that.
ARG NODE_IMAGE=node:26.12.1-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
# what the dependencies depend on comes first, so that a change of the sources does not install them again
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --include=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
# what captures call: top, ps, free, vmstat; ss, ip; iostat
RUN apt-get update \
  && apt-get install --yes --no-install-recommends iproute2 procps sysstat \
  && rm -rf /var/lib/apt/lists/*
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/culprit
COPY deploy/docker/culprit deploy/docker/culprit-healthcheck /usr/local/bin/
WORKDIR /opt/culprit
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist/src dist/src
# MALLOC_* keep the resident memory down, also after a burst; STATE_DIRECTORY is where tokens, recording and archives go.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=8192 STATE_DIRECTORY=/var/lib/culprit
EXPOSE 10054
# Whoever wants to see the I/O of other users' processes runs it as root with all capabilities dropped but two, as docker-compose.yml does.
USER node
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["culprit-healthcheck"]
ENTRYPOINT ["culprit"]
CMD ["--web.listen-address=:10054"]
