/** Whom this shop's payments go to. */
import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { chooseProvider } from "./choose-provider.ts";
import type { Provider } from "./provider.ts";

/** Undefined when the shop has no keys: it takes no money then. */
export function ourProvider(): Provider | undefined {
  return singleton("provider", () => ({ provider: chooseProvider(env) })).provider;
}
