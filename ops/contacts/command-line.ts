import { isUuid } from "#app/shop/item.ts";
import { Refusal } from "#server/refusal.ts";

export interface Command {
  orderId: string;
}

export const HELP = `npm run contacts -- <command>

  erase <order>     erase an order's name, e-mail and postal address, and the recipients and texts of its mails. Unsent
                    mails will not be sent, and the receipt's link stops working. The order itself stays.
`;

export function readCommand(words: string[]): Command {
  const [name, orderId, ...rest] = words;
  if (name === "erase" && isUuid(orderId) && rest.length === 0) return { orderId: orderId.toLowerCase() };
  throw new Refusal(`Not a contacts command: ${JSON.stringify(words.join(" "))}.`);
}
