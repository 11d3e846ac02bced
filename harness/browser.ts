/** The Chromium that npm ships (@sparticuz/chromium), driven by Playwright: nothing is downloaded. */
import { type Browser, chromium } from "playwright-core";

/** A name for this machine: on plain HTTP a page from it is no secure context, as one from 127.0.0.1 is. */
export const PLAIN_HOST = "shop.test";

/** Unpacks it, the first time on a machine, and says where it is. */
export async function unpackBrowser(): Promise<string> {
  // Makes the package unpack the shared libraries too, which a bare container lacks. It reads this when it is loaded.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs22.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  return packaged.executablePath();
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await unpackBrowser(),
    // The package's own flags are for one page in one process: closing a context would end the browser.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
    ],
    headless: true,
  });
}
