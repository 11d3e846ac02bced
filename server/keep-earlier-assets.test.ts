import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "vite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepEarlierAssets } from "./keep-earlier-assets.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "lastone-build-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const assets = async () => (await readdir(path.join(root, "build/client/assets"))).sort();
const listFile = () => path.join(root, "build/earlier-assets.json");

/** Builds a page with this script, and returns the names of what is served. */
async function buildWith(script: string): Promise<string[]> {
  await writeFile(path.join(root, "index.html"), '<script type="module" src="/page.js"></script>');
  await writeFile(path.join(root, "page.js"), `document.title = ${JSON.stringify(script)};`);
  await build({
    root,
    configFile: false,
    logLevel: "silent",
    plugins: [keepEarlierAssets()],
    build: { outDir: "build/client", copyPublicDir: false, rollupOptions: { input: path.join(root, "page.js") } },
  });
  return assets();
}

test("a build leaves what a running shop was built with, and its own files are new", async () => {
  const first = await buildWith("first");
  expect(first).toHaveLength(1);
  const second = await buildWith("second");
  expect(second).toHaveLength(2);
  expect(second).toEqual(expect.arrayContaining(first));
  expect(Object.keys(JSON.parse(await readFile(listFile(), "utf8")) as object)).toEqual(first);
});

test("30 days after the build that had no more use for it a file goes, and one that is used again stays", async () => {
  const [first = ""] = await buildWith("first");
  const [second = ""] = (await buildWith("second")).filter((name) => name !== first);
  const longAgo = Date.now() - 31 * 24 * 60 * 60_000;
  await writeFile(listFile(), JSON.stringify({ [first]: longAgo, [second]: longAgo }));
  expect(await buildWith("second")).toEqual([second]);
});

test("what lies beside the assets from earlier is served no more: it would be taken for what never changes", async () => {
  await mkdir(path.join(root, "build/client/items"), { recursive: true });
  await writeFile(path.join(root, "build/client/items/moth.svg"), "");
  await buildWith("first");
  expect(await readdir(path.join(root, "build/client"))).toEqual(["assets"]);
});
