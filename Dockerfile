# The shop as an image. It brings no database: DATABASE_URL must name a PostgreSQL 15 or newer (docker-compose.yml has one).

FROM node:24-bookworm-slim AS build
WORKDIR /shop
COPY package.json package-lock.json ./
# Without install scripts the npm package `node` is an empty shell, and its link would hide this image's own node.
RUN npm ci --ignore-scripts --no-audit --no-fund && rm -f node_modules/.bin/node
COPY . .
# `optional` too: packages that serve only `prisma`, a development dependency here and an optional peer of
# @prisma/client, count as both, and npm leaves them out only when both are.
# So do the binaries of sharp and resvg, which the shop makes pictures with: they are put back.
RUN npm run build && mkdir /tmp/kept && cp -r node_modules/@img node_modules/@resvg /tmp/kept && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && cp -r /tmp/kept/. node_modules

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /shop
COPY --from=build /shop/package.json ./
COPY --from=build /shop/node_modules node_modules
COPY --from=build /shop/public public
COPY --from=build /shop/prisma prisma
COPY --from=build /shop/server server
COPY --from=build /shop/ops ops
COPY --from=build /shop/test-bank test-bank
# What the operator's commands, the seed and the makers of pictures and cards import; all else of app/ is in build/.
COPY --from=build /shop/app/*.server.ts app/
COPY --from=build /shop/app/shop app/shop
COPY --from=build /shop/app/checkout app/checkout
COPY --from=build /shop/app/operator app/operator
COPY --from=build /shop/app/cards app/cards
COPY --from=build /shop/app/making app/making
COPY --from=build /shop/app/live app/live
COPY --from=build /shop/app/outbox app/outbox
COPY --from=build /shop/app/words app/words
COPY --from=build /shop/build build
# Fails when a file that one of them imports is not here: node finds them all before it misses the settings.
RUN for script in prisma/seed.ts ops/items/run.ts ops/orders/run.ts ops/outbox/run.ts ops/mails/run.ts ops/contacts/run.ts ops/audit.ts; do node $script 2>&1 | grep -q "Settings are missing" || exit 1; done; node app/operator/picture-maker.ts < /dev/null | grep -q refused || exit 1; echo '{"sheet":{"kind":"window","shop":"Shop","logo":"","hasLogo":false,"accent":"#b93a1c","pictures":[],"headline":"Headline","intro":""},"files":{}}' | node app/cards/card-maker.ts | wc -c | grep -qE '[0-9]{4}' || exit 1; mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Migrates, seeds an empty shop in demo mode, serves, and ends in good order at SIGTERM.
CMD ["node", "server/start.ts"]
