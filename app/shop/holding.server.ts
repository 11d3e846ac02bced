/** A hold on its way to an order, or back: each step joins the item's till. */
import type { Act } from "./acts.server.ts";
import type { Authorised } from "./commands.ts";
import { addressHolds } from "./holding-addresses.server.ts";
import type { EndReason } from "./holds.ts";
import { singleton } from "#app/singleton.server.ts";
import { memory } from "./memory.server.ts";
import { shopTills } from "./tills.server.ts";

/** A hold or an order, which have the same id, and the item whose it is. */
export interface OfItem {
  id: string;
  itemId: string;
}

/**
 * The payment of a hold begins, for the person `party`. It is extended once, to PAY_SECONDS from now, if that is later. The task that settles
 * its payment is written with it. The contact must be there already: who the person is, is written into it.
 */
export async function startPayment({ id, itemId }: OfItem, party: Uint8Array) {
  const outcome = await shopTills.join(itemId, { kind: "start_payment", holdId: id, party });
  if (outcome.kind === "started") addressHolds?.extend(id, outcome.hold.expiresAt.getTime());
  return outcome;
}

/** What the provider has authorised becomes an order, or is to be let go: the task for either is written with the decision. */
export async function confirm({ id, itemId }: OfItem, authorised: Authorised) {
  const outcome = await shopTills.join(itemId, { kind: "confirm", holdId: id, authorised });
  if (outcome.kind === "sold") addressHolds?.end(id, { sold: true });
  return outcome;
}

/** Ends a hold before its time. Done again, it finds it ended. `act`: whose doing it is, written by the decision that ends it. */
export async function release({ id, itemId }: OfItem, why: EndReason, act?: Act) {
  const outcome = await shopTills.join(itemId, { kind: "release", holdId: id, why, act });
  if (outcome.kind === "ended") addressHolds?.end(id, { sold: false });
  return outcome;
}

/** Takes units of an order back, to the shelf or out of the books. `key` names this change: sent again, it is done once, and so is `act` written. */
export function takeBack({ id, itemId }: OfItem, units: number, goods: "back" | "gone", key: string, act?: Act) {
  return shopTills.join(itemId, { kind: "take_back", orderId: id, units, goods, key, act });
}

/** From now on holds that have had their time are ended, and so told, though nobody wants anything of their item. */
export function endHoldsInTime(): void {
  singleton("ending-holds", () => {
    // Fails where the shop cannot decide anything now. The next look, or the next purchase, ends them.
    memory.onDue((itemId) => void shopTills.join(itemId, { kind: "look" }).catch(() => undefined));
    return true;
  });
}
