import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { AddressHolds } from "./address-holds.ts";

/** Which addresses this instance has given holds to. Others count for themselves. Undefined when nothing is counted. */
export const addressHolds = singleton("address-holds", () => ({
  counted: env.HOLDS_PER_ADDRESS > 0 ? new AddressHolds(env.HOLDS_PER_ADDRESS) : undefined,
})).counted;
