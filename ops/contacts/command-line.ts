import { isUuid } from "#app/shop/item.ts";
import { Refusal } from "#server/refusal.ts";

export interface Command {
  orderId: string;
}

export const HELP = `npm run contacts -- <command>

  erase <order>     erases name, e-mail and address of an order, and recipients and texts of its mails. Mails that are not
                    sent are not sent any more, and the receipt's link opens nothing. The order stays.
`;

export function readCommand(words: string[]): Command {
  const [name, orderId, ...rest] = words;
  if (name === "erase" && isUuid(orderId) && rest.length === 0) return { orderId: orderId.toLowerCase() };
  throw new Refusal(`This is not a command about contacts: ${JSON.stringify(words.join(" "))}.`);
}
