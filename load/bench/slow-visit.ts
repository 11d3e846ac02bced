/** One visit with an empty cache, as on a phone: what came, when it could be read and pressed, and what moved afterwards. */
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";

/** 400 kbit/s either way, and 400 ms before each answer's first byte. A connection costs nothing here, as none does in Chromium's emulation. */
const SLOW = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
/** Milliseconds for which the fonts of a late visit are kept back: long after everything else. */
const FONTS_LATE = 3_000;
/** Milliseconds for which nothing may come any more, after which the page is as it stays. The line of a page without news closes itself once. */
const STILL = 4_000;

export interface PageToVisit {
  name: string;
  path: string;
  /** Of the visitor whose page it is. */
  cookie?: string;
  /** What the visitor came for: all of it must be seen. */
  shows: string[];
  /** It is the answer to a form on the page at `path`: this button is pressed there, after what happens meanwhile. */
  press?: { before: () => Promise<unknown>; button: string; meanwhile: () => Promise<unknown> };
}

export interface Visit {
  bytes: Record<"Document" | "Stylesheet" | "Font" | "Script", number>;
  /** Of the first picture that is no icon. */
  picture: number;
  /** Milliseconds from the beginning of the navigation. */
  painted: number;
  usable: number;
  shift: number;
  /** What moved, for whoever wants to mend it. */
  moved: string[];
}

interface Seen {
  usable: number;
  shift: number;
  moved: string[];
}

/** Runs in the page, before anything of it. */
function watch(shows: string[]): void {
  const seen: Seen = { usable: 0, shift: 0, moved: [] };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null }[];
    })[]) {
      if (entry.hadRecentInput) continue;
      seen.shift += entry.value;
      const what = entry.sources.map(({ node }) =>
        node instanceof Element ? node.outerHTML.slice(0, 80) : (node?.textContent ?? ""),
      );
      seen.moved.push(`${entry.value.toFixed(4)} at ${Math.round(entry.startTime)} ms: ${what.join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
  // A frame is drawn only when the styles are there.
  const look = () => {
    const isThere = shows.every((selector) => {
      const { width = 0, height = 0 } = document.querySelector(selector)?.getBoundingClientRect() ?? {};
      return width > 0 && height > 0;
    });
    if (isThere && performance.getEntriesByName("first-contentful-paint").length > 0) seen.usable = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** `fonts`: as they come on the slow line, or on a quick one long after everything else. */
export async function visit(
  browser: Browser,
  shop: string,
  to: PageToVisit,
  fonts: "as they come" | "late",
): Promise<Visit> {
  const context = await browser.newContext({ ...PHONE, baseURL: shop });
  try {
    if (to.cookie) await context.addCookies([cookieOf(to.cookie, shop)]);
    const page = await context.newPage();
    if (to.press) {
      await to.press.before();
      await openWithoutScript(page, to.path);
      await to.press.meanwhile();
    }
    await page.addInitScript(watch, to.shows);
    const line = await context.newCDPSession(page);
    await line.send("Network.enable");
    await line.send("Network.clearBrowserCache");
    if (fonts === "late") await keepFontsBack(context);
    else await line.send("Network.emulateNetworkConditions", SLOW);
    const traffic = new Traffic(line);
    if (to.press) {
      const answered = page.waitForEvent("load");
      await page.locator(to.press.button).click();
      await answered;
    } else await page.goto(to.path, { waitUntil: "load" });
    await traffic.ends();
    const seen = await page.evaluate(() => (window as unknown as { seen: Seen }).seen);
    const painted = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    );
    return { bytes: traffic.bytes, picture: traffic.picture, painted, ...seen };
  } finally {
    await context.close();
  }
}

/** So that a press is a plain form's. */
async function openWithoutScript(page: Page, path: string): Promise<void> {
  await page.route("**/*.js", (route) => route.abort());
  await page.goto(path);
  await page.unroute("**/*.js");
}

async function keepFontsBack(context: BrowserContext): Promise<void> {
  await context.route("**/*.woff2", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, FONTS_LATE));
    await route.continue();
  });
}

export function cookieOf(line: string, url: string) {
  const [name = "", value = ""] = line.split(/=(.*)/s);
  return { name, value, url };
}

/** What comes over the line, packed as it is and with its headers. */
class Traffic {
  readonly bytes: Visit["bytes"] = { Document: 0, Stylesheet: 0, Font: 0, Script: 0 };
  picture = 0;
  readonly #kinds = new Map<string, { type: string; url: string }>();
  #open = 0;
  #last = performance.now();

  constructor(line: CDPSession) {
    line.on("Network.requestWillBeSent", ({ requestId, request: { url }, type = "Other" }) => {
      // The stream of the stock never ends.
      if (type === "EventSource" || url.startsWith("data:") || new URL(url).pathname === "/live") return;
      if (!this.#kinds.has(requestId)) this.#open += 1;
      this.#kinds.set(requestId, { type, url });
      this.#last = performance.now();
    });
    line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => this.#end(requestId, encodedDataLength));
    line.on("Network.loadingFailed", ({ requestId }) => this.#end(requestId, 0));
  }

  #end(requestId: string, length: number): void {
    const kind = this.#kinds.get(requestId);
    if (!kind) return;
    this.#kinds.delete(requestId);
    this.#open -= 1;
    this.#last = performance.now();
    // A preloaded script or font says what it is by its name alone.
    const type = kind.url.endsWith(".js") ? "Script" : kind.url.endsWith(".woff2") ? "Font" : kind.type;
    if (type in this.bytes) this.bytes[type as keyof Visit["bytes"]] += length;
    else if (type === "Image" && !kind.url.endsWith("/favicon.svg")) this.picture ||= length;
  }

  /** Everything has come, and nothing more for a while. */
  async ends(): Promise<void> {
    while (this.#open > 0 || performance.now() - this.#last < STILL)
      await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
