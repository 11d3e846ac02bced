import { expect, test } from "vitest";
import { DEFAULTS } from "#app/shop/shop-settings.ts";
import { inWordsOf } from "./shop-in-words.ts";
import { LANGUAGES } from "./languages.ts";
import { wordsIn } from "./words.ts";

test("what a shop says by default is what the catalogue says in English", () => {
  const { headline, intro } = wordsIn("en").frame;
  expect([DEFAULTS.headline, DEFAULTS.intro]).toEqual([headline, intro]);
});

test.each(LANGUAGES)("in %s a shop that has said nothing says it so, and one that has is quoted", (language) => {
  const { headline, intro } = wordsIn(language).frame;
  expect(inWordsOf(DEFAULTS, language)).toMatchObject({ headline, intro });
  const own = { ...DEFAULTS, headline: "Six lamps" };
  expect(inWordsOf(own, language)).toMatchObject({ headline: "Six lamps", intro });
});
