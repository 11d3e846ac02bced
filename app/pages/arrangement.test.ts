import { expect, test } from "vitest";
import type { ItemState } from "#app/shop/item.ts";
import { arrange } from "./arrangement.ts";

const item = (id: string, state: ItemState, more: { quantity?: number; opensAt?: Date } = {}) => ({
  id,
  state,
  quantity: state === "sold_out" ? 0 : 50,
  startingQuantity: 50,
  opensAt: null,
  ...more,
});
const [MONDAY, FRIDAY] = [new Date("2026-12-07T18:00Z"), new Date("2026-12-11T18:00Z")];

test("one or two items are the page, also when they are gone", () => {
  const one = item("one", "sold_out");
  expect(arrange([one])).toEqual({ leads: ["one"], cards: [], gone: [] });
  expect(arrange([one, item("two", "available")])).toEqual({ leads: ["one", "two"], cards: [], gone: [] });
  expect(arrange([])).toEqual({ leads: [], cards: [], gone: [] });
});

test("of more, what opens next leads, or else the last ones of something, or else the first", () => {
  const [open, last] = [item("open", "available"), item("last", "available", { quantity: 5 })];
  const soon = item("soon", "not_open", { opensAt: MONDAY });
  const later = item("later", "not_open", { opensAt: FRIDAY });
  expect(arrange([open, last, later, soon])).toEqual({ leads: ["soon"], cards: ["open", "last", "later"], gone: [] });
  expect(arrange([open, item("other", "paused"), last]).leads).toEqual(["last"]);
  expect(arrange([item("other", "paused"), open, item("third", "all_held")]).leads).toEqual(["other"]);
  const closed = item("closed", "closed");
  expect(arrange([closed, open, item("other", "paused"), last])).toMatchObject({ leads: ["last"], gone: ["closed"] });
});

test("what has gone stands last, and what is left of few leads", () => {
  const [gone, open] = [item("gone", "sold_out"), item("open", "available")];
  expect(arrange([gone, open, item("gone-too", "sold_out")])).toEqual({
    leads: ["open"],
    cards: [],
    gone: ["gone", "gone-too"],
  });
  expect(arrange([gone, item("b", "sold_out"), item("c", "sold_out")])).toEqual({
    leads: [],
    cards: [],
    gone: ["gone", "b", "c"],
  });
});

test.each(Array.from({ length: 12 }, (_, index) => index + 1))("%i items: each once", (count) => {
  const states: ItemState[] = ["available", "sold_out", "not_open", "closed", "paused", "all_held"];
  const items = Array.from({ length: count }, (_, index) => item(`item-${index}`, states[(index * 7) % 6] ?? "paused"));
  const { leads, cards, gone } = arrange(items);
  expect([...leads, ...cards, ...gone].toSorted()).toEqual(items.map(({ id }) => id).toSorted());
  // A single card would leave a hole beside it.
  expect(cards.length).not.toBe(1);
});
