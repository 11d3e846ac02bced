/** Pages that are the shop's own texts: what an operator writes is a page of every instance, and no other page carries it. */
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
    startShop({ OPERATOR_PASSWORD: PASSWORD, SHOP_ABOUT: "# Who we are\n\nTwo people and a press." }),
  ]);
  ann = await Operator.signIn(shop.url);
});
afterAll(() => Promise.all([shop.stop(), other.stop()]));

const read = async ({ url }: Shop, path: string) => {
  const answer = await fetch(url + path);
  return { status: answer.status, html: await answer.text() };
};
const saves = async (settings: Record<string, string>) => expect((await ann.press(PAGE, settings)).status).toBe(303);
/** The links at the foot of the page, and in its head. */
const linksOf = (html: string, part: "footer" | "header" = "footer") => {
  const [found = ""] = new RegExp(`<${part}[^]*</${part}>`).exec(html) ?? [];
  return [...found.matchAll(/<a href="([^"]*)"[^>]*>([^<]+)<\/a>/g)].map(([, href, label]) => `${label} ${href}`);
};

test("a text is a page of every instance, linked from all pages, and a link stays one", async () => {
  expect((await read(shop, "/shipping")).status).toBe(404);
  await saves({
    shipping: "Parcels go out **on Mondays**.\r\n\r\n<script>alert(1)</script>",
    terms: "https://shop.example/terms",
  });
  for (const each of [shop, other]) {
    await until(async () => (await read(each, "/shipping")).status === 200);
    const { html } = await read(each, "/shipping");
    expect(html).toMatch(/<title>Shipping · Lastone<\/title>/);
    expect(html).toContain("<p>Parcels go out <strong>on Mondays</strong>.</p>\n<p>&lt;script&gt;");
    expect((await read(each, "/terms")).status).toBe(404);
    for (const path of ["/", "/items/tin-comet", "/shipping", "/nothing"])
      expect(linksOf((await read(each, path)).html)).toEqual(
        expect.arrayContaining(["Shipping /shipping", "Terms https://shop.example/terms"]),
      );
  }
  expect(linksOf((await read(shop, "/")).html, "header")).not.toContain("About /about");
  expect(linksOf((await read(other, "/")).html, "header")).toContain("About /about");
  expect((await read(other, "/about")).html).toContain("<h2>Who we are</h2>\n<p>Two people and a press.</p>");
  expect((await read(shop, "/about")).status).toBe(404);
});

test("no page but its own carries a text, as a document or as data", async () => {
  await saves({ privacy: "We keep your address until the parcel is there." });
  expect((await read(shop, "/privacy")).html).toContain("until the parcel is there");
  const posted = await fetch(`${shop.url}/`, { method: "PUT" });
  const documents = await Promise.all(["/", "/items/tin-comet", "/shipping", "/nothing"].map((p) => read(shop, p)));
  const data = await Promise.all(["/_root.data", "/items/tin-comet.data", "/shipping.data"].map((p) => read(shop, p)));
  const all = [await posted.text(), ...[...documents, ...data].map(({ html }) => html)];
  expect(all.filter((html) => html.includes("until the parcel is there"))).toEqual([]);
  expect(all.filter((html) => html.includes("/privacy"))).toHaveLength(all.length);
});

test("a text that is changed is the new one at once, and taken away there is no such page", async () => {
  await saves({ returns: "Within fourteen days." });
  expect((await read(shop, "/returns")).html).toContain("Within fourteen days.");
  await saves({ returns: "Within thirty days." });
  expect((await read(shop, "/returns")).html).toContain("Within thirty days.");
  await saves({ returns: "" });
  expect((await read(shop, "/returns")).status).toBe(404);
  expect(linksOf((await read(shop, "/")).html).join()).not.toContain("Returns");
});

test("six texts of twenty thousand of the longest characters are saved, and read again in their form", async () => {
  const names = ["about", "shipping", "returns", "terms", "privacy", "imprint"];
  const text = `${"𝄞".repeat(9_999)}\n${"𝄞".repeat(10_000)}`;
  await saves(Object.fromEntries(names.map((name) => [name, text])));
  for (const name of names) expect((await read(shop, `/${name}`)).html).toContain("𝄞".repeat(9_999));
  expect((await ann.press(PAGE, { about: `${text}.` })).status).toBe(400);
  const form = await (await ann.fetch(PAGE)).text();
  expect(form.split(`${"𝄞".repeat(10_000)}</textarea>`)).toHaveLength(names.length + 1);
  await saves(Object.fromEntries(names.map((name) => [name, ""])));
});

test("a page can only be read, and asked for by a method that it doesn't have it says which", async () => {
  await saves({ imprint: "Ada Lovelace, 1 Quay Street" });
  const posted = await fetch(`${shop.url}/imprint`, { method: "POST" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect((await fetch(`${shop.url}/terms`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${shop.url}/imprint`, { method: "HEAD" })).status).toBe(200);
});

test("an earlier version beside this one is told a link, and what a later one has stored is kept and shown nowhere", async () => {
  await saves({ terms: "No returns of cut pieces." });
  const stored = async () => (await db.shopSettings.findFirstOrThrow()).settings as Record<string, unknown>;
  expect(await stored()).toMatchObject({ terms: "/terms", texts: { terms: "No returns of cut pieces." } });
  await db.$executeRaw`
    UPDATE shop_settings SET edition = edition + 1, settings = settings || '{"banner": "A later version’s"}'::jsonb`;
  await until(async () => (await read(shop, "/terms")).html.includes("cut pieces"));
  await saves({ headline: "After it." });
  expect(await stored()).toMatchObject({ banner: "A later version’s", texts: { terms: "No returns of cut pieces." } });
  await until(async () => (await read(shop, "/")).html.includes("After it."));
  expect((await read(shop, "/")).html).not.toContain("A later version’s");
  // As an earlier version changes it, which knows nothing of the text.
  await db.$executeRaw`
    UPDATE shop_settings SET edition = edition + 1, settings = settings || '{"terms": "https://shop.example/t"}'::jsonb`;
  await until(async () => linksOf((await read(shop, "/")).html).includes("Terms https://shop.example/t"));
  expect((await read(shop, "/terms")).status).toBe(404);
});
