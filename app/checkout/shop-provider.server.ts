import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { chooseProvider } from "./choose-provider.ts";
import type { Provider } from "./provider.ts";

const chosen = singleton("provider", () => ({ provider: chooseProvider(env) }));

/** Whom this shop's payments go to; undefined when it takes no cards. */
export function shopProvider(): Provider | undefined {
  return chosen.provider;
}

/** The one that a payment was begun with. A payment is only ever settled there: without its keys, it waits for them. */
export function providerOfPayment({ provider: name, mode }: { provider: string; mode: string }): Provider | undefined {
  const { provider } = chosen;
  return provider?.name === name && provider.mode === mode ? provider : undefined;
}
