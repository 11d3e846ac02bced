import type { Plugin } from "vite";

/** What a visitor sees first: the window or an item, and what stands round every page. */
const FIRST_PAGES = /\/app\/(entry\.client|root|routes\/(_index|items\.\$id))\.tsx(\?|$)/;

interface Modules {
  getModuleIds: () => Iterable<string>;
  getModuleInfo: (id: string) => { importedIds: readonly string[] } | null;
}

/**
 * A Vite plugin: two files for what the first pages share with others, the framework's and ours. Rollup alone would make some twenty. Each
 * costs a slow line a way to the shop and back, and a browser asks for six at a time.
 */
export function visitorChunks(): Plugin {
  let shared: Set<string> | undefined;
  const manualChunks = (id: string, modules: Modules) => {
    shared ??= reached(modules);
    if (!shared.has(id) || FIRST_PAGES.test(id)) return;
    return id.includes("/app/") && !id.includes("/node_modules/") ? "storefront" : "framework";
  };
  return {
    name: "visitor-chunks",
    apply: (_, { command, isSsrBuild }) => command === "build" && !isSsrBuild,
    config: () => ({ build: { rollupOptions: { output: { manualChunks } } } }),
  };
}

function reached({ getModuleIds, getModuleInfo }: Modules): Set<string> {
  const found = new Set([...getModuleIds()].filter((id) => FIRST_PAGES.test(id)));
  for (const id of found) for (const imported of getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}
