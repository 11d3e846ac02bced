import { expect, test } from "vitest";
import { readContact } from "./contact-form.ts";
import { countriesIn, isCountry } from "./countries.ts";
import { normalised } from "./same-person.ts";

const ADDRESS = { line1: "1 Quay", city: "Bergen", country: "NO" };

test("an e-mail address is enough for what is not sent, and an address that comes along is not kept", () => {
  expect(readContact({ email: " ann@example.org ", name: "", address: ADDRESS }, false)).toEqual({
    details: { email: "ann@example.org" },
  });
  expect(readContact({}, false)).toEqual({ errors: { email: "Enter your e-mail address." } });
});

test("what is sent needs a name and an address, and each fault stands at its field", () => {
  const given = { email: "ann@example.org", name: "Ann", address: { ...ADDRESS, postcode: "", line2: " " } };
  expect(readContact(given, true)).toEqual({ details: { ...given, address: ADDRESS } });
  expect(readContact({ email: "a", address: { country: "Norway" } }, true).errors).toEqual({
    email: expect.stringContaining("not an e-mail address") as string,
    name: "Enter your name.",
    "address.line1": "Enter the street and number of the address.",
    "address.city": "Enter the city of the address.",
    "address.country": "Choose a country from the list.",
  });
});

test.each(["ann@example.org", "änn@bücher.example", "a+b.c@x", "o'brien@example.org", "用户@例子.中国"])(
  "%s is taken",
  (email) => {
    expect(readContact({ email }, false).details).toEqual({ email });
  },
);

test.each([
  "ann",
  "ann@",
  "@example.org",
  "a@b@c",
  "ann@example.org, bob@example.org",
  "ann@example.org,bob",
  "<ann@example.org>",
  "ann@example.org\r\nBcc: bob@example.org",
  "ann\u0000@example.org",
  "ann\ud800@example.org",
  `${"a".repeat(255)}@example.org`,
  7,
])("%j is not", (email) => {
  expect(Object.keys(readContact({ email }, false).errors ?? {})).toEqual(["email"]);
});

test.each(["Ann\u2028Bob", "Ann\u2029", "Ann\u0007"])("the name %j is more than one line of text", (name) => {
  expect(readContact({ email: "ann@example.org", name: `${name}x` }, false).errors).toEqual({
    name: expect.stringContaining("cannot be printed") as string,
  });
});

test("what turns the direction of a text is left out of a name and of an e-mail", () => {
  const given = { email: "ann\u202e@example.org", name: "\u2066Ann\u2069 \u202dBrook\u202c" };
  expect(readContact(given, false).details).toMatchObject({ email: "ann@example.org", name: "Ann Brook" });
  expect(Object.keys(readContact({ ...given, email: "\u202e" }, false).errors ?? {})).toEqual(["email"]);
});

test("the list of countries has each code once, in the order of their names", () => {
  const codes = countriesIn("en").map(({ code }) => code);
  expect(codes.length).toBeGreaterThan(240);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
  expect([isCountry("NO"), isCountry("no"), isCountry("XX")]).toEqual([true, false, false]);
});

test.each([
  ["Ann@Example.ORG", "ann@example.org", "plus,dots", true],
  ["ann+drop@example.org", "ann@example.org", "plus,dots", true],
  ["ann+drop@example.org", "ann@example.org", "none", false],
  ["a.n.n@gmail.com", "ann@googlemail.com", "plus,dots", true],
  ["a.n.n@gmail.com", "ann@gmail.com", "plus", false],
  ["a.n.n@example.org", "ann@example.org", "plus,dots", false],
  ["ａnn@example.org", "ann@example.org", "none", true],
  ['"ann"@example.org', "ann@example.org", "none", true],
  ["ann@example.org.", "ann@example.org", "none", true],
  ["ann@bücher.example", "ann@xn--bcher-kva.example", "none", true],
  ["a.nn@constructor", "ann@constructor", "plus,dots", false],
  ["+a@example.org", "+b@example.org", "plus", false],
])("%s and %s with PARTY_IGNORES=%s: one person is %s", (one, other, ignores, same) => {
  const set = new Set(ignores.split(","));
  expect(normalised(one, set) === normalised(other, set)).toBe(same);
});
