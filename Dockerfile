# The gateway as an image: `docker build -t helix-gateway:latest .`, or `helix build gateway --image`, which says which
# release it is. Runs as the user `node`; the data directory is /data.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /helix
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY commands commands
COPY gateway gateway
COPY src src
COPY supabase supabase
COPY web web
RUN node node_modules/vite/bin/vite.js build web --mode gateway --logLevel warn \
  && node node_modules/typescript/bin/tsc -p tsconfig.build.json --declaration false \
  && node dist/src/db/pglite/build-template.js
COPY docs docs
# What is only needed to build goes; so does what nobody reads at run time.
RUN node dist/src/build/prune-installed.js \
  && rm -rf web/dist/.vite && find supabase docs -name '*.ts' -delete
ARG HELIX_RELEASE=
RUN if [ -n "$HELIX_RELEASE" ]; then printf '{"release":"%s"}\n' "$HELIX_RELEASE" > release.json; fi

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HELIX_DATA_DIR=/data
WORKDIR /helix
COPY --from=build /helix/package.json /helix/release.jso[n] ./
COPY --from=build /helix/node_modules node_modules
COPY --from=build /helix/supabase supabase
COPY --from=build /helix/docs docs
COPY --from=build /helix/web/dist web/dist
COPY --from=build /helix/dist dist
RUN mkdir /data && chown 1000:1000 /data && chmod 700 /data
USER 1000:1000
VOLUME /data
EXPOSE 3000
# Values of `--env-file` arrive with their quotes, and so may PORT.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${(process.env.PORT??'').match(/\\d+/)??3000}/health/live`).then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--max-semi-space-size=32", "dist/bin/helix.js", "gateway", "start"]
