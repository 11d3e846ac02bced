import { createCookie } from "@remix-run/node";
import { expect, test } from "vitest";
import { HmacKey } from "./hmac-key.ts";
import { SignedCookie } from "./signed-cookie.ts";

const [OLD, NEW] = ["a-secret-that-signed-before-it-was-changed", "the-secret-that-signs-since-it-was-changed"];
const signedBy = (...secrets: string[]) => new SignedCookie(secrets.map((secret) => new HmacKey(secret)));
const CONTENTS = [
  { id: "3f", since: 1_795_759_286_753 },
  "d797e451-5790-8f4a-9911-2e4f2d062182",
  "é ∞ 💥",
  null,
  [1, ""],
];

test.each(CONTENTS)("%j is written and read as Remix does", async (content) => {
  const remix = createCookie("buyer", { secrets: [NEW] });
  const [, theirs = ""] = /^buyer=([^;]*)/.exec(await remix.serialize(content)) ?? [];
  const ours = signedBy(NEW);
  expect(ours.read(theirs)).toEqual({ content, isNewest: true });
  expect(await remix.parse(`buyer=${ours.write(content)}`)).toEqual(content);
});

test("the first secret signs, and what an earlier one has signed is read", () => {
  const before = signedBy(OLD).write("a");
  const now = signedBy(NEW, OLD);
  expect(now.read(before)).toEqual({ content: "a", isNewest: false });
  expect(now.read(now.write("a"))).toEqual({ content: "a", isNewest: true });
  expect(signedBy(NEW).read(before)).toBeUndefined();
});

test.each([
  "",
  "a",
  "a.b",
  "%",
  `${"a".repeat(40)}.%`,
  `eyJ.${"a".repeat(43)}`,
  `.${"a".repeat(43)}`,
  `%.${"a".repeat(43)}`,
])("%j is nobody's", (value) => expect(signedBy(NEW).read(value)).toBeUndefined());
