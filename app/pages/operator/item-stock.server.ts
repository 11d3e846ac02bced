/** What an operator presses at an item's stock: one of the shop's verbs each, once for each key. */
import { data, redirect } from "@remix-run/node";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { dropDraft } from "#app/operator/items.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import { release } from "#app/shop/holding.server.ts";
import { getHold } from "#app/shop/holds.server.ts";
import { MOST_UNITS } from "#app/shop/item-form.ts";
import { isUuid } from "#app/shop/item.ts";
import {
  archiveItem,
  correctItem,
  pauseItem,
  restockItem,
  restoreItem,
  resumeItem,
  type RunStart,
  startRun,
  type StockChange,
} from "#app/shop/stocking.server.ts";
import { words } from "#app/words/operator-items.ts";
import { seenIn } from "./seen.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

const say = words.stock;

/** What is asked of an item's stock. */
export const STOCK_FORMS = [
  ...["restock", "correct", "pause", "resume", "run", "end"],
  ...["archive", "restore", "delete"],
] as const;
export type StockForm = (typeof STOCK_FORMS)[number];

/** Why nothing was done, beside the form that asked for it, with what was entered there. */
export interface StockMessage {
  kind: "stock";
  form: StockForm;
  /** Of the forms that end a hold, which one. */
  hold?: string | undefined;
  says: string;
  entered: string;
  /** It may be what was done a moment ago: whoever means it once more says so with this key. */
  again?: string | undefined;
}

const LONGEST_REASON = 200;

/** What needs nothing but the press: done twice, it is done. */
const SET = { pause: pauseItem, resume: resumeItem, archive: archiveItem, restore: restoreItem };

export function stockFormOf(url: URL): StockForm | undefined {
  const asked = url.searchParams.get("do");
  return STOCK_FORMS.find((form) => form === asked);
}

export async function answerStock(itemId: string, form: StockForm) {
  const { who: by } = await requireOperator();
  const sent = await readForm(currentExchange());
  const options = { by, ...(isUuid(sent.key) && { key: sent.key }) };
  switch (form) {
    case "restock": {
      const units = unitsIn(sent.units, 1);
      if (units === undefined) return stay({ form, says: say.wrong.units, entered: sent.units ?? "" });
      const change = await restockItem(itemId, units, { ...options, refuseTwin: sent.again === undefined });
      return answer(change, { form, entered: sent.units ?? "" }, itemId, options.key);
    }
    case "correct": {
      const [to, seenVersion] = [unitsIn(sent.to, 0), unitsIn(sent.version, 1, 2_147_483_647)];
      if (to === undefined || seenVersion === undefined)
        return stay({ form, says: say.wrong.count, entered: sent.to ?? "" });
      const change = await correctItem(itemId, { to, seenVersion }, options);
      return answer(change, { form, entered: sent.to ?? "" }, itemId, options.key);
    }
    case "pause":
    case "resume":
    case "archive":
    case "restore": {
      const isPause = form === "pause" || form === "resume";
      if (isPause && (await getItem(itemId))?.status === "archived")
        return stay({ form, says: say.archived, entered: "" }, 409);
      const stock = await SET[form](itemId, { by });
      if (!stock) throw notFound("item");
      return done(itemId, form);
    }
    case "run": {
      const [quantity, seenRun] = [unitsIn(sent.quantity, 0), unitsIn(sent.run, 1)];
      const entered = sent.quantity ?? "";
      if (quantity === undefined || seenRun === undefined) return stay({ form, says: say.wrong.count, entered });
      if (sent.sure === undefined) return stay({ form, says: say.wrong.sure, entered });
      return answer(await startRun(itemId, { quantity, seenRun }, options), { form, entered }, itemId);
    }
    case "end":
      return endHold(itemId, sent, by);
    case "delete": {
      const dropped = await dropDraft(itemId, { seen: seenIn(sent), by });
      if (dropped === "moved_on") return stay({ form, says: words.status.movedOn, entered: "" }, 409);
      if (dropped === "not_found") throw notFound("draft");
      return redirect("/operator/items?deleted", { status: 303, headers: NOT_KEPT });
    }
    default:
      return form satisfies never;
  }
}

async function endHold(itemId: string, sent: Record<string, string>, by: string) {
  const reason = (sent.reason ?? "").replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  const hold = isUuid(sent.hold) ? await getHold(sent.hold) : undefined;
  if (hold?.itemId !== itemId) throw notFound("hold");
  const asked = { form: "end" as const, hold: hold.id, entered: reason };
  if (reason === "" || reason.length > LONGEST_REASON)
    return stay({ ...asked, says: say.wrong.reason(LONGEST_REASON) });
  const { quantity, expiresAt } = hold;
  const outcome = await release(hold, "operator", {
    ...{ who: by, what: "hold_ended", itemId, orderId: hold.id },
    before: { quantity, expiresAt },
    after: { reason },
  });
  switch (outcome.kind) {
    case "ended":
      return outcome.hold.why === "operator" ? done(itemId, "end") : stay({ ...asked, says: say.hold.over }, 409);
    case "already_sold":
      return stay({ ...asked, says: say.hold.sold }, 409);
    case "busy":
      return stay({ ...asked, says: say.busy }, 503);
    case "not_found":
      throw notFound("hold");
    default:
      return outcome satisfies never;
  }
}

function unitsIn(text: string | undefined, least: number, most = MOST_UNITS): number | undefined {
  const units = /^\d{1,10}$/.test(text?.trim() ?? "") ? Number(text) : undefined;
  return units !== undefined && units >= least && units <= most ? units : undefined;
}

type Asked = Omit<StockMessage, "kind" | "says">;

function answer(change: StockChange | RunStart, asked: Asked, itemId: string, key?: string) {
  switch (change.kind) {
    case "done":
    case "repeated":
      return done(itemId, asked.form);
    case "moved_on":
      return stay({ ...asked, says: asked.form === "run" ? say.runMovedOn : say.movedOn }, 409);
    case "not_enough":
      return stay({ ...asked, says: say.notEnough(change.stock.quantity, change.stock.held) }, 409);
    case "key_reused":
      return stay({ ...asked, says: say.keyReused }, 422);
    case "twin":
      return stay({ ...asked, says: say.twin(change.delta, change.secondsAgo), again: key }, 409);
    case "not_found":
      throw notFound("item");
    default:
      return change satisfies never;
  }
}

function done(itemId: string, form: StockForm) {
  return redirect(`/operator/items/${itemId}?did=${form}#stock`, { status: 303, headers: NOT_KEPT });
}

function stay(message: Omit<StockMessage, "kind">, status = 400) {
  const headers = status === 503 ? { ...NOT_KEPT, ...RETRY_AFTER } : NOT_KEPT;
  return data<StockMessage>({ kind: "stock", ...message }, { status, headers });
}
