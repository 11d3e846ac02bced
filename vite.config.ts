import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { keepEarlierAssets } from "./server/keep-earlier-assets.ts";
import { visitorChunks } from "./server/visitor-chunks.ts";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

/**
 * The development server loads the app with the first request, and would learn of that request's raw exchange too late:
 * app/http/exchange.server.ts must be there before it listens. Remix makes servers that never listen, also to build; they need no exchange.
 */
const loadExchangesFirst: Plugin = {
  name: "load-exchanges-first",
  apply: "serve",
  configureServer: (server) => {
    const listen = server.listen.bind(server);
    server.listen = async (...address) => {
      await server.ssrLoadModule("/app/http/exchange.server.ts");
      return listen(...address);
    };
  },
};

/** A route without a page has nothing for the browser, and Remix asks for a file of it all the same. */
const expectEmptyChunks: NonNullable<UserConfig["build"]>["rollupOptions"] = {
  onwarn: (warning, warn) => {
    if (warning.code !== "EMPTY_BUNDLE") warn(warning);
  },
};

export default defineConfig({
  plugins: [
    tailwindcss(),
    loadExchangesFirst,
    keepEarlierAssets(),
    visitorChunks(),
    remix({
      ignoredRouteFiles: ["**/*.css"],
      future: {
        v3_fetcherPersist: true,
        v3_lazyRouteDiscovery: false,
        v3_relativeSplatPath: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  server: {
    host: process.env.HOST ?? "127.0.0.1",
    port: Number(process.env.PORT ?? 3000),
    strictPort: true,
  },
  // What the browser's code imports is found before the first page: found by it, everything would be bundled again under that
  // page, which then runs with two Reacts and stays white.
  optimizeDeps: { entries: ["app/entry.client.tsx", "app/root.tsx", "app/routes/**/*.tsx"] },
  // Files of public/ are served from there, where one may be replaced, and not as what never changes.
  build: { target: "es2022", copyPublicDir: false, rollupOptions: expectEmptyChunks },
});
