import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

/** Milliseconds. */
const KEPT_FOR = 30 * 24 * 60 * 60_000;

/**
 * A shop that is running, and a page that is open in a browser, ask for the scripts and styles that they were built with, by names
 * with a hash. So a build leaves those of earlier ones where they are, for 30 days from the build that had no more use for them.
 */
export function keepEarlierAssets(): Plugin {
  let outDir = "";
  return {
    name: "keep-earlier-assets",
    apply: (config, { command }) => command === "build" && !config.build?.ssr,
    config: () => ({ build: { emptyOutDir: false } }),
    configResolved: (config) => {
      outDir = path.resolve(config.root, config.build.outDir);
    },
    writeBundle: (_, bundle) => {
      const listFile = path.join(outDir, "../earlier-assets.json");
      const listed = existsSync(listFile) ? (JSON.parse(readFileSync(listFile, "utf8")) as Record<string, number>) : {};
      const earlier: Record<string, number> = {};
      for (const name of readdirSync(path.join(outDir, "assets"))) {
        if (`assets/${name}` in bundle) continue;
        const since = listed[name] ?? Date.now();
        if (Date.now() - since < KEPT_FOR) earlier[name] = since;
        else rmSync(path.join(outDir, "assets", name));
      }
      writeFileSync(listFile, JSON.stringify(earlier));
      // Whatever lies here is served as what never changes, so only names with a hash may.
      for (const name of readdirSync(outDir))
        if (name !== "assets" && name !== ".vite") rmSync(path.join(outDir, name), { recursive: true });
    },
  };
}
