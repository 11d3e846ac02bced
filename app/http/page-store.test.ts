import { expect, test } from "vitest";
import { PageStore, type Page } from "./page-store.ts";

const pageOf = (bytes: number): Page => ({ pieces: [Buffer.alloc(bytes)], places: [] });

test("201 pages in turn, as often as one likes, are rendered once each", async () => {
  const pages = new PageStore({ pages: 10_000, bytes: 64 * 1_048_576 });
  let renders = 0;
  const render = () => {
    renders += 1;
    return Promise.resolve(pageOf(20_000));
  };
  for (let round = 0; round < 5; round += 1)
    for (let page = 0; page < 201; page += 1) await pages.get(`item ${page}`, render);
  expect(renders).toBe(201);
});

test("visitors who come while a page is being rendered wait for the same one", async () => {
  const pages = new PageStore({ pages: 10, bytes: 1_000_000 });
  let renders = 0;
  const render = () => {
    renders += 1;
    return Promise.resolve(pageOf(1));
  };
  const seen = await Promise.all([1, 2, 3].map(() => pages.get("a", render)));
  expect([renders, new Set(seen).size]).toEqual([1, 1]);
});

test("pages are kept up to a number of bytes, whatever they are called, and the one used last stays longest", async () => {
  const pages = new PageStore({ pages: 10_000, bytes: 100_000 });
  const made: string[] = [];
  const get = (name: string, bytes = 20_000) =>
    pages.get(name, () => {
      made.push(name);
      return Promise.resolve(pageOf(bytes));
    });
  await get("favourite");
  for (let page = 0; page < 50; page += 1) {
    await get(`page ${page}`);
    await get("favourite");
    expect(pages.bytes).toBeLessThanOrEqual(100_000);
  }
  await get("page 0");
  expect(made.filter((name) => name === "favourite")).toHaveLength(1);
  expect(made.filter((name) => name === "page 0")).toHaveLength(2);
  // One larger than all the room is answered, and not kept.
  await get("huge", 1_000_000);
  expect(pages.bytes).toBeLessThanOrEqual(100_000);
});

test("a page that could not be rendered is rendered anew for the next visitor, and weighs nothing", async () => {
  const pages = new PageStore({ pages: 10, bytes: 1_000_000 });
  await expect(pages.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(pages.bytes).toBe(0);
  await pages.get("a", () => Promise.resolve(pageOf(1)));
  expect(pages.bytes).toBeGreaterThan(0);
});
