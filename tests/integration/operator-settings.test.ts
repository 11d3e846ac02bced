/** What an operator sets is on every page of every instance, kept pages included; what cannot stay so is told beside its field. */
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

const PAGE = "/operator/settings";
let shop: Shop;
let other: Shop;
let ann: Operator;
beforeAll(async () => {
  [shop, other] = await Promise.all([
    startShop({ OPERATOR_PASSWORD: PASSWORD }),
    startShop({ OPERATOR_PASSWORD: PASSWORD, SHOP_TERMS: "https://shop.example/terms" }),
  ]);
  ann = await Operator.signIn(shop.url);
});
afterAll(() => Promise.all([shop.stop(), other.stop()]));

const pageOf = async (url: string, path = "/") => (await fetch(url + path)).text();

test("a new name is on every page of every instance, though they were kept with the old one", async () => {
  for (const { url } of [shop, other]) for (const path of ["/", "/items/tin-comet"]) await pageOf(url, path);
  const saved = await ann.press(PAGE, {
    name: "Ada’s Prints",
    headline: "Two a month.",
    credit: "off",
    accent: "#ffd400",
  });
  expect([saved.status, saved.headers.get("location")]).toEqual([303, `${PAGE}?saved`]);
  for (const { url } of [shop, other])
    for (const path of ["/", "/items/tin-comet"]) {
      await until(async () => (await pageOf(url, path)).includes("Ada’s Prints"));
      expect((await pageOf(url, path)).replace(/<script[^]*/, "")).not.toContain("Lastone");
    }
  expect(await pageOf(shop.url)).toContain("Two a month.");
  expect(await db.act.findFirst({ orderBy: { id: "desc" } })).toMatchObject({
    who: "Ann",
    what: "settings_changed",
    before: { name: "Lastone", credit: "on" },
    after: { name: "Ada’s Prints", credit: "off" },
  });
});

/** When each instance’s follower has read the settings last, by the database’s clock, in milliseconds. */
async function looks(): Promise<Map<number, number>> {
  const found = await db.$queryRaw<{ pid: number; at: Date }[]>`
    SELECT pid, query_start AS at FROM pg_stat_activity
    WHERE application_name = 'lastone follower' AND datname = current_database() AND query LIKE '%FROM shop_settings'`;
  return new Map(found.map(({ pid, at }) => [pid, at.getTime()]));
}

test("the other instance is told, and does not wait for its next look", async () => {
  // Between two looks that nobody has asked for lies a whole second.
  let isTold = false;
  for (let press = 1; press <= 15 && !isTold; press += 1) {
    const before = await looks();
    const headline = `Headline ${press}.`;
    expect((await ann.press(PAGE, { headline })).status).toBe(303);
    for (const { url } of [shop, other]) await until(async () => (await pageOf(url)).includes(headline));
    const after = await looks();
    isTold = before.size === 2 && [...before].every(([pid, at]) => (after.get(pid) ?? Infinity) - at < 800);
  }
  expect(isTold).toBe(true);
  expect((await ann.press(PAGE, { headline: "Two a month." })).status).toBe(303);
});

/** All that whoever reads a document is told: its words, and what its pictures and its head say. */
const told = (html: string) =>
  html.replace(/<script[^]*?<\/script>/g, "").replace(/<[^>]*>/g, (tag) => (/^<(img|meta)/.test(tag) ? tag : " "));

test.each([
  ["GET", "/nowhere", 404],
  ["GET", "/items/nothing", 404],
  ["PUT", "/", 405],
  ["POST", "/", 405],
  ["POST", "/operator/settings", 302],
  ["GET", "/operator/sign-in", 200],
  ["GET", "/favicon.svg", 200],
  ["GET", "/manifest.webmanifest", 200],
] as const)("%s %s says whose shop it is, and nothing of what it runs on", async (method, path, status) => {
  const answer = await fetch(shop.url + path, { method, redirect: "manual" });
  const html = await answer.text();
  expect([answer.status, told(html)]).toEqual([status, expect.not.stringContaining("Lastone")]);
  if (html.includes("<html")) expect(html).toMatch(/<header[^]*Ada’s Prints[^]*<\/header>/);
  if (status >= 400) expect(html).toMatch(/<title>[^<]* · Ada’s Prints<\/title>/);
});

test("a colour nobody could read is shown as one that can be read, and the page says so", async () => {
  const [, sheet = ""] = /<link rel="stylesheet" href="(\/accent\/[^"]+)"/.exec(await pageOf(shop.url)) ?? [];
  const answer = await fetch(shop.url + sheet);
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
    200,
    "text/css; charset=utf-8",
    "public, max-age=31536000, immutable",
  ]);
  const css = await answer.text();
  expect(css).toContain("@media (prefers-color-scheme:dark){:root{--accent:#ffd400;");
  expect(css.startsWith(":root{--accent:#ffd400")).toBe(false);
  expect(await (await ann.fetch(PAGE)).text()).toContain('data-adjusted="light"');
  expect((await fetch(`${shop.url}/accent/nothing.css`)).status).toBe(404);
});

test("a form with a mistake changes nothing, and keeps what was entered", async () => {
  const answer = await ann.press(PAGE, { name: "Another name", terms: "javascript:alert(1)", zone: "Mars/Phobos" });
  const html = await answer.text();
  expect(answer.status).toBe(400);
  for (const field of ["terms", "zone"]) expect(html).toContain(`data-error="${field}"`);
  expect(html).toContain('value="Another name"');
  expect(await pageOf(shop.url)).toContain("Ada’s Prints");
});

test("of two who change the settings, the second is asked, and sees both", async () => {
  const { edition = "" } = await ann.hiddenFields(PAGE, "data-settings");
  expect((await ann.press(PAGE, { edition, email: "ada@shop.example" })).status).toBe(303);
  const asked = await ann.press(PAGE, { edition, email: "bob@shop.example", headline: "Two a month." });
  const html = await asked.text();
  expect([asked.status, html]).toEqual([409, expect.stringContaining("Now it is “ada@shop.example”.")]);
  expect(html).toContain('value="bob@shop.example"');
  const again = { edition: /name="edition" value="(\d+)"/.exec(html)?.[1] ?? "", email: "bob@shop.example" };
  expect((await ann.press(PAGE, again)).status).toBe(303);
});

test.each(["Ada\nBcc: all@shop.example", "\u200b"])("%j is no name", async (name) => {
  expect((await ann.press(PAGE, { name })).status).toBe(400);
});

test("what the environment sets is on that instance's pages, and its form cannot change it", async () => {
  expect(await pageOf(other.url)).toContain('href="https://shop.example/terms"');
  const there = await Operator.signIn(other.url);
  expect(await (await there.fetch(PAGE)).text()).toContain("Set by SHOP_TERMS");
  await there.press(PAGE, { terms: "https://elsewhere.example/" });
  expect(await pageOf(other.url)).toContain('href="https://shop.example/terms"');
});

const drawn = async (width: number, height: number, background = "#00f8") =>
  new Blob([
    await sharp({ create: { width, height, channels: 4, background } })
      .png()
      .toBuffer(),
  ]);
interface Manifest {
  name: string;
  icons: { src: string; sizes: string; type: string }[];
}
const manifestOf = async ({ url }: Shop) => (await fetch(`${url}/manifest.webmanifest`)).json() as Promise<Manifest>;
const lastAct = () => db.act.findFirstOrThrow({ orderBy: { id: "desc" } });
/** As pages show it: its text, its proportions, its smallest file. */
async function logoOn({ url }: Shop) {
  const [, head = ""] = /<header[^>]*>[^]*?(<a [^]*?<\/a>)/.exec(await pageOf(url)) ?? [];
  const [img] = /<img[^>]*data-logo[^>]*>/.exec(head) ?? [];
  const part = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(img ?? "")?.[1];
  return img === undefined
    ? { text: head.replace(/<[^>]+>/g, "").trim() }
    : {
        text: head.replace(/<[^>]+>/g, "").trim(),
        alt: part("alt"),
        size: [part("width"), part("height")],
        src: part("src"),
      };
}

test("what is put beside a telephone’s programs has the shop’s name and colours", async () => {
  const answer = await fetch(`${shop.url}/manifest.webmanifest`);
  expect(answer.headers.get("content-type")).toBe("application/manifest+json; charset=utf-8");
  const css = await (await fetch(`${shop.url}/accent/ffd400.css`)).text();
  const [, light] = /^:root{--accent:([^;]+)/.exec(css) ?? [];
  expect(await answer.json()).toEqual({
    ...{ name: "Ada’s Prints", start_url: "/", display: "minimal-ui" },
    ...{ description: expect.any(String) as string, theme_color: light, background_color: "#faf7f1" },
    icons: [{ src: "/favicon.svg", sizes: "any", type: "image/svg+xml" }],
  });
  const html = await pageOf(shop.url);
  expect(html).toContain('<link rel="manifest" href="/manifest.webmanifest"/>');
  expect(html).toContain(`media="(prefers-color-scheme: light)" content="${light}"`);
  expect(html).toContain('media="(prefers-color-scheme: dark)" content="#ffd400"');
});

test("a logo stands in the place of the name on every page of every instance, and its files stay until it is removed", async () => {
  expect(await logoOn(shop)).toEqual({ text: "Ada’s Prints" });
  const sent = await ann.send(PAGE, { logo: await drawn(800, 200) });
  expect([sent.status, sent.headers.get("location")]).toEqual([303, `${PAGE}?saved=logo`]);
  for (const each of [shop, other]) await until(async () => (await logoOn(each)).src !== undefined);
  const { src = "", ...shown } = await logoOn(other);
  expect(shown).toEqual({ text: "", alt: "Ada’s Prints", size: ["800", "200"] });
  expect((await fetch(other.url + src)).status).toBe(200);
  expect(await lastAct()).toMatchObject({
    ...{ who: "Ann", what: "settings_changed" },
    ...{ before: { logo: null }, after: { logo: expect.stringContaining(src.slice(0, 70)) as string } },
  });
  // A telephone's screen, a browser's tab, and whoever puts the shop beside their programs.
  const icons = [...(await pageOf(other.url)).matchAll(/<link rel="(icon|apple-touch-icon)" href="([^"]+)"/g)];
  expect(icons.map(([, rel]) => rel)).toEqual(["icon", "apple-touch-icon"]);
  const manifest = await manifestOf(other);
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(["192x192", "512x512"]);
  for (const [path, size, isOpaque] of [
    ...[[icons[0]?.[2] ?? "", 192, false] as const, [icons[1]?.[2] ?? "", 180, true] as const],
    ...manifest.icons.map(({ src, sizes }) => [src, parseInt(sizes), false] as const),
  ]) {
    const icon = await fetch(other.url + path);
    expect([icon.status, icon.headers.get("content-type")]).toEqual([200, "image/png"]);
    const image = sharp(Buffer.from(await icon.arrayBuffer()));
    expect(await image.metadata()).toMatchObject({ format: "png", width: size, height: size });
    expect((await image.stats()).isOpaque).toBe(isOpaque);
  }
  const [, name = ""] = /pictures\/([0-9a-f]+)-/.exec(src) ?? [];
  /** What nothing shows is dropped after a day, whenever another picture comes. */
  const filesADayLater = async (color: string) => {
    await db.$executeRaw`UPDATE picture_files SET kept_at = kept_at - interval '2 days'`;
    const picture = await drawn(60, 40, color);
    expect((await ann.send("/operator/items/moon-moth/pictures", { picture, alt: "A colour." })).status).toBe(303);
    return db.pictureFile.count({ where: { picture: name } });
  };
  expect(await filesADayLater("#f00")).toBeGreaterThan(0);

  expect((await ann.press(PAGE, { logo: "remove" })).status).toBe(303);
  for (const each of [shop, other]) await until(async () => (await logoOn(each)).text === "Ada’s Prints");
  expect((await lastAct()).after).toEqual({ logo: null });
  expect(await filesADayLater("#0f0")).toBe(0);
});

test("what is no picture is no logo, says so beside its field, and changes nothing", async () => {
  const { id } = await lastAct();
  for (const [form, says] of [
    [{ logo: new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"]) }, "This is an SVG"],
    [{ other: "field" }, "Choose a picture first."],
  ] as const) {
    const answer = await ann.send(PAGE, form);
    const html = await answer.text();
    expect([answer.status, /data-error="logo">([^<]*)/.exec(html)?.[1]]).toEqual([400, expect.stringContaining(says)]);
    expect(html).not.toContain('data-error="name"');
  }
  expect((await lastAct()).id).toBe(id);
  expect(await logoOn(shop)).toEqual({ text: "Ada’s Prints" });
  const stranger = await fetch(shop.url + PAGE, { method: "POST", redirect: "manual", body: new FormData() });
  expect([stranger.status, stranger.headers.get("location")]).toEqual([302, "/operator/sign-in"]);
});

test("sessions are listed, and any of them ended", async () => {
  const bob = await Operator.signIn(shop.url, "Bob");
  const list = await (await ann.fetch(PAGE)).text();
  const [, id = ""] = /data-session="other"[^]*?name="session" value="([^"]+)"/.exec(list) ?? [];
  expect((await ann.press(PAGE, { session: id })).status).toBe(303);
  const ended = await db.operatorSession.findUniqueOrThrow({ where: { id } });
  expect(ended.endedAt).not.toBeNull();
  expect((await (ended.who === "Bob" ? bob : ann).fetch(PAGE, { redirect: "manual" })).status).toBe(
    ended.who === "Bob" ? 302 : 200,
  );
});
