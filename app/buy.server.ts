import type { AnswerHeaders } from "#app/http/answer.ts";
import { getBuyerOfKey } from "#app/http/buyer.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import type { PurchaseBody } from "#app/http/parse.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { isItemId } from "#app/shop/item.ts";
import type { PurchaseOutcome } from "#app/shop/outcome.ts";
import { purchase } from "#app/shop/purchase.server.ts";

/**
 * The purchase that a request asks for, by form or by JSON, with the headers of its answer. `isNew`: the request came
 * without a cookie. `afterForged` says what to do with the good cookie that answers one that was not this shop's.
 */
export async function buy(
  exchange: Exchange,
  itemId: string | undefined,
  { key, quantity, shown }: PurchaseBody,
  afterForged: string,
): Promise<{ outcome: PurchaseOutcome; headers: AnswerHeaders; isNew: boolean }> {
  if (!isItemId(itemId)) throw notFound("item");
  const { id: buyerId, isNew, namelessBuyerIds, headers, forged, cookieAge } = getBuyerOfKey(key);
  if (forged) throw new BadRequest("cookie-invalid", `Nothing was bought. ${afterForged}`, headers);
  const { address } = exchange;
  const outcome = await purchase({ itemId, buyerId, namelessBuyerIds, key, quantity, shown, cookieAge, address });
  return { outcome, headers, isNew };
}
