/** Each request of the shop against stripe-mock, which knows Stripe's own description of its interface and nothing else. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Provider } from "#app/checkout/provider.ts";
import { stripeProvider } from "#app/checkout/stripe.ts";
import { until } from "#harness/shop.ts";
import { accepts, freePort } from "#server/port.ts";
import { opening } from "../setup/opening.ts";

let mock: ChildProcess;
let said = "";
let port: number;
let provider: Provider;

beforeAll(async () => {
  [port] = [await freePort()];
  mock = spawn("stripe-mock", ["-http-addr", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [mock.stdout, mock.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(mock, "spawn");
  await until(
    () => accepts("127.0.0.1", port),
    () => expect(mock.exitCode, said).toBeNull(),
  );
  provider = stripeProvider({
    name: "stripe",
    secretKey: "sk_test_123",
    webhookSecrets: [],
    pagesOrigin: "https://checkout.stripe.com",
    api: new URL(`http://127.0.0.1:${port}`),
  });
});

afterAll(async () => {
  if (mock.exitCode !== null) return;
  mock.kill();
  await once(mock, "exit");
});

test("a page is opened, looked for and expired as Stripe describes it", async () => {
  // What it answers is always the same example, which has no page.
  await provider.open(opening()).catch((error: unknown) => expect(error).toMatchObject({ reason: "wrong-state" }));
  await provider.find("cs_test_1");
  await provider.find("pi_1").catch((error: unknown) => expect(error).toMatchObject({ reason: "not-found" }));
  await provider.expire("cs_test_1", "expire:1:1");
});

test("an authorisation is captured and cancelled as Stripe describes it", async () => {
  // Its example of an answer is an intent that nobody has paid.
  await provider.capture("pi_1", "capture:1:1").catch((error: unknown) => {
    expect(String(error)).toContain("the capture is ");
  });
  await provider.cancel("pi_1", "cancel:1:1");
});

test("money goes back as Stripe describes it", async () => {
  const refund = { intent: "pi_1", refundId: randomUUID(), amount: 100, currency: "EUR" };
  expect(await provider.refund(refund, "refund:1:1")).toMatchObject({ status: expect.any(String) as string });
  // What it writes comes some time after its answer, the status last.
  await until(() => /POST \/v1\/refunds[^]*status=\d+/.test(said));
  expect(said.match(/status=(?!200)\d+/g)).toBeNull();
});

test("control: a parameter that Stripe does not know is refused", async () => {
  const stripe = new Stripe("sk_test_123", { protocol: "http", host: "127.0.0.1", port, maxNetworkRetries: 0 });
  const wrong = { ...{ payment_intent: "pi_1", sum: 100 } };
  await expect(stripe.refunds.create(wrong)).rejects.toThrow("additional properties are not allowed");
});
