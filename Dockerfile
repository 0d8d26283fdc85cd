# The command line with worker and simulator. Built from the lock file; runs without root.
FROM node:20.19.5-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Not `npm ci`, for the reason the Makefile gives; --no-save keeps to the lock file.
RUN npm install --no-save --no-audit --no-fund --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM node:20.19.5-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir -p /var/lib/flashcopy && chown node:node /var/lib/flashcopy
USER node
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["--help"]
