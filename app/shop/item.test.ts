import { expect, test } from "vitest";
import { isItemId, isLastOne, isOver, isUuid, type ItemState, newerOf, stateOf } from "./item.ts";

test("an older state never replaces a newer one, whichever of them arrives last", () => {
  const older = {
    id: "a",
    quantity: 3,
    held: 0,
    version: 7,
    edition: 4,
    epoch: 1,
    run: 1,
    state: "available" as const,
  };
  for (const change of [{ version: 8, edition: 4 }, { edition: 5 }, { version: 2, edition: 1, epoch: 2 }]) {
    const newer = { ...older, ...change };
    expect([newerOf(older, newer), newerOf(newer, older)]).toEqual([newer, newer]);
    expect([newerOf(undefined, older), newerOf(older, undefined)]).toEqual([older, older]);
  }
});

test("of what is true of an item, its state is what comes first", () => {
  const states = [true, false].flatMap((notOpen) =>
    [true, false].flatMap((closed) =>
      [true, false].flatMap((paused) =>
        [1, 0].flatMap((quantity) => [1, 0].map((held) => stateOf({ quantity, held, notOpen, closed, paused }))),
      ),
    ),
  );
  const first = [
    ...Array<string>(16).fill("not_open"),
    ...Array<string>(8).fill("closed"),
    ...Array<string>(4).fill("paused"),
  ];
  expect(states).toEqual([...first, "available", "available", "all_held", "sold_out"]);
  for (const [notOpen, closed] of [
    [true, false],
    [false, true],
  ] as const)
    expect(stateOf({ quantity: 1, held: 0, notOpen, closed, paused: false, status: "archived" })).toBe("paused");
});

test("only slugs are item ids, and only UUIDs name orders, buyers and keys", () => {
  for (const id of ["moon-moth", "a1"]) expect(isItemId(id)).toBe(true);
  for (const id of ["", "Moon", "a--b", "-a", "a b", "a\0", "a'", "x".repeat(65), undefined])
    expect(isItemId(id)).toBe(false);
  expect(isUuid("3B241101-e2bb-4255-8caf-4136c566a962")).toBe(true);
  for (const id of ["", "3b241101", "3b241101-e2bb-4255-8caf-4136c566a962\n", null]) expect(isUuid(id)).toBe(false);
});

test("what has sold out, has closed or is archived is over, and nothing else", () => {
  const states: ItemState[] = ["available", "all_held", "sold_out", "not_open", "closed", "paused"];
  expect(states.filter((state) => isOver({ state }))).toEqual(["sold_out", "closed"]);
  expect(states.filter((state) => isOver({ state, status: "published" }))).toEqual(["sold_out", "closed"]);
  expect(states.filter((state) => isOver({ state, status: "archived" }))).toEqual(states);
});

test.each([
  ["available", 1, 12, true],
  ["available", 2, 12, false],
  // One of a kind was never one of more.
  ["available", 1, 1, false],
  ["not_open", 1, 12, false],
  ["paused", 1, 12, false],
] as const)("%s, %i of an edition of %i: the last one is %s", (state, quantity, edition, last) => {
  expect(isLastOne({ state, quantity }, edition)).toBe(last);
});
