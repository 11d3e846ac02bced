import type { Message, Refused } from "#app/pages/press.server.ts";
import { isOver, type Stock } from "#app/shop/item.ts";
import type { Words } from "#app/words/words.ts";
import { AnswerBox } from "./answer-box.tsx";
import { useWords } from "./document.tsx";
import { useTimes } from "./moment.tsx";
import type { Wait } from "./wait.ts";

/** Where the browser goes when the form was sent without a script: the answer is where the finger was. */
export const ANSWER = "answer";

interface Props {
  message: Message;
  stock: Stock;
  wait: Wait;
}

/** It goes with the stock, which may have changed since. */
export function PurchaseMessage({ message, stock, wait }: Props) {
  const { title, next } = useWording(message, stock, wait);
  return <AnswerBox id={ANSWER} message={message} className="mb-4" title={title} text={next} />;
}

/** Whether it is certain that nothing was bought. Then this is where a visitor hears of the stock: to try again helps no more when it is gone. */
export function isRefused(message: Message): message is Exclude<Message, { kind: "busy" }> {
  return message.kind !== "busy";
}

/** Whether it is gone: then the next thing is another item, and no button that cannot be pressed. */
export function isLost(message: Message, stock: Stock): boolean {
  return isRefused(message) && isOver(stock);
}

interface Wording {
  title: string;
  next: string;
}

/** No quantity of the stock is in it: the page tells that, and an alert would be read out again with each. */
function useWording(message: Message, stock: Stock, wait: Wait): Wording {
  const { answer: say, price } = useWords();
  const { opening } = useTimes();
  if (isLost(message, stock)) return stock.state === "closed" ? say.closed : say.lost;
  if (isRefused(message) && stock.state === "not_open")
    return say.notOpen(stock.opensAt ? opening(stock.opensAt) : undefined);
  if (isRefused(message) && stock.state === "paused") return say.paused;
  if (isRefused(message) && stock.state === "all_held") return say.allHeld;
  switch (message.kind) {
    case "all_held":
      return say.cameBack;
    case "hold_open":
      return say.holdOpen;
    case "sold_out":
      return say.inStockAgain;
    case "not_enough":
      return stock.quantity > message.stock.quantity ? say.moreNow : say.notEnough;
    case "limit_reached":
      return limitWording(message, say, opening);
    case "not_open":
      return say.openNow;
    case "closed":
      return say.openAgain;
    case "paused":
      return say.resumed;
    case "price_changed":
      return say.priceChanged(price(message.was), price(message.now));
    case "cookie_needed":
      if (!wait.waiting) return say.notNewAnyMore;
      return wait.again ? say.newHereAgain(message.retryAfterSeconds) : say.newHere(message.retryAfterSeconds);
    case "busy":
      return say.busy(message.certain);
    default:
      return message satisfies never;
  }
}

function limitWording(
  { limit, per, owned, until }: Refused<"limit_reached">,
  say: Words["answer"],
  opening: (at: Date) => string,
): Wording {
  if (until !== undefined) return say.waitForOthers(limit, opening(new Date(until)));
  if (per === "order") return say.limitPerOrder(limit);
  if (per === "address") return say.limitPerNetwork(limit);
  return say.limitPerPerson(limit, owned);
}
