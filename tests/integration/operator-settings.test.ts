/** What an operator sets is on every page of every instance, kept pages included; what cannot stay so is told beside its field. */
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
