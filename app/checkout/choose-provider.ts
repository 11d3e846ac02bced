/** Whom a shop's payments go to, by its keys. */
import type { Settings } from "#app/settings.server.ts";
import type { Provider } from "./provider.ts";
import { stripeProvider } from "./stripe.ts";

type Keys = Pick<
  Settings,
  "SHOP_URL" | "STRIPE_SECRET_KEY" | "STRIPE_WEBHOOK_SECRETS" | "TEST_BANK_URL" | "TEST_BANK_KEY" | "TEST_BANK_SECRET"
>;

/** Undefined when there are no keys. Stripe's come before the test bank's. */
export function chooseProvider(keys: Keys): Provider | undefined {
  if (keys.STRIPE_SECRET_KEY !== undefined)
    return stripeProvider({
      name: "stripe",
      secretKey: keys.STRIPE_SECRET_KEY,
      webhookSecrets: keys.STRIPE_WEBHOOK_SECRETS ?? [],
      pagesOrigin: "https://checkout.stripe.com",
    });
  const { SHOP_URL, TEST_BANK_URL: api, TEST_BANK_KEY: secretKey, TEST_BANK_SECRET: secret } = keys;
  if (!SHOP_URL || !api || secretKey === undefined || secret === undefined) return undefined;
  return stripeProvider({ name: "test-bank", secretKey, webhookSecrets: [secret], pagesOrigin: SHOP_URL.origin, api });
}
