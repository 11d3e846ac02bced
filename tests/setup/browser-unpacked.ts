import { unpackBrowser } from "#harness/browser.ts";

/** Once, before any test file: two that unpacked at the same moment would start each other's half of a browser. */
export default async function setup(): Promise<void> {
  await unpackBrowser();
}
