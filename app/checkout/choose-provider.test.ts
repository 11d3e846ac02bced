import { expect, test } from "vitest";
import { readSettings } from "#app/settings.server.ts";
import { takesCards } from "#app/settings.server.ts";
import { chooseProvider } from "./choose-provider.ts";

const SHOP = { DATABASE_URL: "postgresql://127.0.0.1/lastone", COOKIE_SECRET: "x".repeat(32) };
const STRIPE = {
  SHOP_URL: "https://shop.example",
  STRIPE_SECRET_KEY: "sk_live_1",
  STRIPE_WEBHOOK_SECRETS: "whsec_1, whsec_2",
};
const BANK = {
  DEMO: "1",
  SHOP_URL: "http://localhost:3000",
  TEST_BANK_URL: "http://127.0.0.1:20000",
  TEST_BANK_KEY: "sk_test_1",
  TEST_BANK_SECRET: "whsec_1",
};

test.each([
  ["no keys", {}, undefined],
  ["empty keys", { STRIPE_SECRET_KEY: "", TEST_BANK_URL: "", SHOP_URL: "" }, undefined],
  ["a live key", STRIPE, ["stripe", "live", "https://checkout.stripe.com"]],
  [
    "a test key",
    { ...STRIPE, STRIPE_SECRET_KEY: "rk_test_1", DEMO: "1" },
    ["stripe", "test", "https://checkout.stripe.com"],
  ],
  ["a test bank", BANK, ["test-bank", "test", "http://localhost:3000"]],
  ["both", { ...BANK, ...STRIPE, STRIPE_SECRET_KEY: "sk_test_1" }, ["stripe", "test", "https://checkout.stripe.com"]],
])("with %s the provider is %j", (_keys, given, expected) => {
  const { settings, wrong } = readSettings({ ...SHOP, ...given });
  expect(wrong).toBeUndefined();
  const provider = settings && chooseProvider(settings);
  expect(provider && [provider.name, provider.mode, provider.pagesOrigin]).toEqual(expected);
  expect(settings && takesCards(settings)).toBe(expected !== undefined);
});

test.each([
  [{ ...STRIPE, DEMO: "1" }, "STRIPE_SECRET_KEY: is a live key, and DEMO is 1"],
  [{ ...STRIPE, STRIPE_SECRET_KEY: "rk_live_1", DEMO: "1" }, "STRIPE_SECRET_KEY: is a live key, and DEMO is 1"],
  [{ ...STRIPE, SHOP_URL: undefined }, "SHOP_URL: is missing"],
  [{ ...STRIPE, STRIPE_WEBHOOK_SECRETS: undefined }, "STRIPE_WEBHOOK_SECRETS: is missing"],
  [{ ...STRIPE, STRIPE_WEBHOOK_SECRETS: "whsec_1,secret" }, "STRIPE_WEBHOOK_SECRETS: must be secrets"],
  [{ ...STRIPE, STRIPE_SECRET_KEY: "pk_test_1" }, "STRIPE_SECRET_KEY: is no secret key"],
  [{ ...STRIPE, SHOP_URL: "https://shop.example/shop" }, "SHOP_URL: must have no path"],
  [{ ...STRIPE, SHOP_URL: "ftp://shop.example" }, "SHOP_URL: must begin with http"],
  [{ ...BANK, DEMO: "0" }, "TEST_BANK_URL: works in demo mode only"],
  [{ ...BANK, TEST_BANK_KEY: undefined }, "TEST_BANK_KEY: is missing"],
])("%j is refused", (given, says) => {
  expect(readSettings({ ...SHOP, ...given }).wrong).toContain(says);
});
