/** Every setting of the shop, what it may be, and what it is when nobody sets it. */
import type { BlockList } from "node:net";
import { getHeapStatistics } from "node:v8";
import { z } from "zod";
import { isLiveKey } from "./checkout/stripe-key.ts";
import { mistakesIn, type Setting } from "./shop/shop-settings.ts";
import { parseNetworks } from "./networks.server.ts";

const flag = z.enum(["0", "1"], { message: "must be 0 or 1" }).transform((value) => value === "1");

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ message }).int(message).min(least, message).max(most, message);
}

const networks = z.string().transform((list, context): BlockList => {
  const parsed = parseNetworks(list);
  if (parsed) return parsed;
  context.addIssue({
    code: "custom",
    message: "must be a list of addresses and networks, such as 10.0.0.7,172.16.0.0/12",
  });
  return z.NEVER;
});

/** An empty one is none: as a compose file passes on what nobody has set. */
function orNone<T extends z.ZodTypeAny>(setting: T) {
  return z.preprocess((value) => (value === "" ? undefined : value), setting.optional());
}

const webAddress = z
  .string()
  .url("is not an address such as https://shop.example")
  .refine((value) => /^https?:/.test(value), "must begin with http:// or https://")
  .transform((value) => new URL(value));

/** As many open streams as half of the heap has room for, at 64 kB each, which is more than one takes. */
function roomForStreams(): number {
  return Math.min(10_000, Math.floor(getHeapStatistics().heap_size_limit / 2 / 65_536));
}

function shopSetting(setting: Setting) {
  return orNone(
    z.string().superRefine((value, context) => {
      const mistake = mistakesIn({ [setting]: value })[setting];
      if (mistake !== undefined) context.addIssue({ code: "custom", message: `is wrong: ${mistake}` });
    }),
  );
}

const settings = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  DATABASE_URL: z.string().url("is not a URL such as postgresql://user:password@host:5432/database"),
  /** Signs the buyer cookie. Several, separated by commas: the first signs, all are accepted, so it can be changed. */
  COOKIE_SECRET: z
    .string()
    .transform((value) => value.split(",").map((secret) => secret.trim()))
    .pipe(z.array(z.string().min(32, "needs at least 32 characters")).min(1)),
  /** Demo mode: anyone may reset an item. */
  DEMO: flag.default("0"),
  /** Connections to PostgreSQL this instance may hold (db.server.ts says how they are shared). */
  DATABASE_POOL: wholeNumber(2, 500).default(20),
  /** An item's till (shop/till.server.ts): most wishes decided together, milliseconds one may wait, most that may wait. */
  TILL_BATCH: wholeNumber(1, 5_000).default(200),
  TILL_WAIT: wholeNumber(10, 60_000).default(2_000),
  TILL_QUEUE: wholeNumber(1, 1_000_000).default(5_000),
  /** Milliseconds at the end of the process until whatever is still open ends with it. */
  STOP_WITHIN: wholeNumber(0, 600_000).default(8_000),
  /** Milliseconds of these in which the shop says that it is not ready, and serves as before, so that a proxy sends nobody here any more. */
  DRAIN: wholeNumber(0, 600_000).optional(),
  /** Milliseconds that a buyer's cookie must be old to buy an item with a limit for each buyer; 0 asks for no cookie. */
  BUYER_AGE: wholeNumber(0, 3_600_000).default(2_000),
  /** New buyers a minute, and units of a run, that one address may have of such an item. */
  NEW_BUYERS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(120),
  UNITS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(20),
  /** Open holds of an item that one address may have; 0 for as many as there are. After two that lapsed it waits as long as a hold lasts. */
  HOLDS_PER_ADDRESS: wholeNumber(0, 1_000_000).default(20),
  /** Seconds that a hold has at least when its payment begins. */
  PAY_SECONDS: wholeNumber(5, 3_600).default(180),
  /** Rendered pages that are kept for the next visitor, and their megabytes; 0 pages reads and renders each page anew. */
  PAGES_KEPT: wholeNumber(0, 10_000).default(10_000),
  PAGES_KEPT_MB: wholeNumber(1, 100_000).default(64),
  /** What the shop says of itself (shop/shop-settings.ts): set here, it is not changed on the operator's page. */
  SHOP_NAME: shopSetting("name"),
  SHOP_HEADLINE: shopSetting("headline"),
  SHOP_INTRO: shopSetting("intro"),
  SHOP_ACCENT: shopSetting("accent"),
  SHOP_EMAIL: shopSetting("email"),
  SHOP_ADDRESS: shopSetting("address"),
  SHOP_ABOUT: shopSetting("about"),
  SHOP_SHIPPING: shopSetting("shipping"),
  SHOP_RETURNS: shopSetting("returns"),
  SHOP_TERMS: shopSetting("terms"),
  SHOP_PRIVACY: shopSetting("privacy"),
  SHOP_IMPRINT: shopSetting("imprint"),
  SHOP_ZONE: shopSetting("zone"),
  SHOP_CREDIT: shopSetting("credit"),
  /** The mail server, and whom mails are from. Without it mails are kept (npm run mails). */
  SMTP_URL: z
    .string()
    .url("is not a URL such as smtps://user:password@host:465")
    .refine((url) => /^smtps?:/.test(url), "must begin with smtps:// or smtp://")
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n@]*[^\s@<>]@[^\s@<>]+>?$/, "is not a sender such as Shop <shop@example.org>")
    .optional(),
  /** 1 sends a mail to whoever went to pay, when their hold ends without. */
  HOLD_ENDED_MAIL: flag.default("0"),
  /** What of an e-mail address says nothing of who it is: parts after a plus, dots where the provider ignores them. */
  PARTY_IGNORES: z
    .string()
    .transform((list) => new Set(list.split(",").map((part) => part.trim())))
    .refine(
      (parts) => [...parts].every((part) => ["plus", "dots", "none"].includes(part)),
      "is plus, dots, both, or none",
    )
    .default("plus,dots"),
  /** 0 leaves to other instances what must follow a commit (outbox/). */
  OUTBOX: flag.default("1"),
  /** 0 leaves every answer to Remix (front.server.ts), for tests and measurements. */
  FRONT: flag.default("1"),
  /** One line for each request. */
  ACCESS_LOG: flag.default("1"),
  /** Proxies whose X-Forwarded-For is believed: addresses and networks, separated by commas. */
  TRUSTED_PROXIES: networks.default("127.0.0.0/8,::1"),
  /** Open event streams, in all and from one address (http/visitor-address.ts). */
  LIVE_STREAMS: wholeNumber(0, 1_000_000).default(roomForStreams()),
  LIVE_STREAMS_PER_ADDRESS: wholeNumber(0, 1_000_000).default(500),
  /** Opens the operator's pages. Without one nobody is let in; `npm start` with its own database makes one. */
  OPERATOR_PASSWORD: orNone(z.string().min(8, "needs at least 8 characters")),
  /** Where the shop is: no link that leaves the process is made from a request's headers. */
  SHOP_URL: orNone(webAddress.refine(({ pathname, search }) => pathname === "/" && search === "", "must have no path")),
  /** Stripe's keys: the one that asks, and those that sign events, several while one takes the place of another. */
  STRIPE_SECRET_KEY: orNone(
    z.string().regex(/^(sk|rk)_(test|live)_\w+$/, "is no secret key of Stripe's (sk_… or rk_…)"),
  ),
  STRIPE_WEBHOOK_SECRETS: orNone(
    z
      .string()
      .transform((value) => value.split(",").map((secret) => secret.trim()))
      .pipe(z.array(z.string().startsWith("whsec_", "must be secrets such as whsec_…, separated by commas"))),
  ),
  /** The test bank, and the keys to speak with it: `npm start` sets them in demo mode. */
  TEST_BANK_URL: orNone(webAddress),
  TEST_BANK_KEY: orNone(z.string()),
  TEST_BANK_SECRET: orNone(z.string()),
});

/** Milliseconds that must be left of STOP_WITHIN for those who still wait when the shop no longer listens. */
const AFTER_DRAIN = 3_000;

const judged = settings.transform((given, context) => {
  const DRAIN = given.DRAIN ?? Math.max(0, Math.min(5_000, given.STOP_WITHIN - AFTER_DRAIN));
  if (DRAIN > given.STOP_WITHIN)
    context.addIssue({ code: "custom", path: ["DRAIN"], message: "is part of STOP_WITHIN, and must not be longer" });
  const demand = (name: keyof typeof given, reason: string) => {
    if (given[name] === undefined) context.addIssue({ code: "custom", path: [name], message: `is missing: ${reason}` });
  };
  if (given.STRIPE_SECRET_KEY !== undefined) {
    demand("SHOP_URL", "with STRIPE_SECRET_KEY, buyers must come back to it");
    demand("STRIPE_WEBHOOK_SECRETS", "with STRIPE_SECRET_KEY, events must be known to be Stripe's");
    if (given.DEMO && isLiveKey(given.STRIPE_SECRET_KEY))
      context.addIssue({
        code: "custom",
        path: ["STRIPE_SECRET_KEY"],
        message: "is a live key, and DEMO is 1: a shop that anyone may reset must not charge real cards",
      });
  }
  if (given.TEST_BANK_URL !== undefined) {
    demand("TEST_BANK_KEY", "the bank at TEST_BANK_URL says it when it starts");
    demand("TEST_BANK_SECRET", "the bank at TEST_BANK_URL says it when it starts");
    demand("SHOP_URL", "the bank's page is found there");
    if (!given.DEMO)
      context.addIssue({ code: "custom", path: ["TEST_BANK_URL"], message: "works in demo mode only (DEMO=1)" });
  }
  if (given.SMTP_URL !== undefined) {
    demand("SHOP_URL", "links in mails begin with it");
    demand("MAIL_FROM", "mails to SMTP_URL are from somebody");
  }
  return { ...given, DRAIN };
});

export type Settings = z.output<typeof judged>;

/** Those of an environment; or, in one line, all that is wrong with them. */
export function readSettings(
  given: Record<string, string | undefined>,
): { settings: Settings; wrong?: undefined } | { settings?: undefined; wrong: string } {
  const parsed = judged.safeParse(given);
  if (parsed.success) return { settings: parsed.data };
  const faults = parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  return { wrong: `Settings are missing or wrong (see .env.example). ${faults.join("; ")}` };
}

/** Whether items may be paid by card: also in a command, which runs without the test bank beside it. */
export function takesCards({ DEMO, STRIPE_SECRET_KEY }: Pick<Settings, "DEMO" | "STRIPE_SECRET_KEY">): boolean {
  return DEMO || STRIPE_SECRET_KEY !== undefined;
}
