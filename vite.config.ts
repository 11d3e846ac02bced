import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

/**
 * The development server loads the app with the first request, and would learn of that request's raw exchange too late:
 * app/http/exchange.server.ts must be listening before.
 */
const listenForExchanges: Plugin = {
  name: "listen-for-exchanges",
  apply: "serve",
  configureServer: (server) => void server.httpServer?.once("listening", () => void server.ssrLoadModule("/app/http/exchange.server.ts")),
};

export default defineConfig({
  plugins: [
    tailwindcss(),
    listenForExchanges,
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
  build: { target: "es2022" },
});
