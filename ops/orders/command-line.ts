import { parseArgs } from "node:util";
import type { Goods } from "#app/checkout/refunds.server.ts";
import { isOwnUuid, isUuid } from "#app/shop/item.ts";
import { Refusal } from "#server/refusal.ts";

export type Command =
  | { name: "list" }
  | { name: "show"; orderId: string }
  | { name: "cancel"; orderId: string; key?: string | undefined }
  | {
      name: "refund";
      orderId: string;
      amount?: number | undefined;
      goods: Goods;
      units?: number | undefined;
      key?: string | undefined;
      again: boolean;
    };

export const HELP = `npm run orders -- <command>

  list                      the last hundred orders, and what became of their money
  show <order>              one order, with its buyer, its payment and its refunds
  cancel <order>            before it is sent: all money and all goods back
  refund <order> --goods back|gone|kept [--amount n] [--units n]
                            money back: all that is left, or n in the currency's smallest unit.
                            0: no money, goods alone, where the money went back at the provider.
                            back: the goods are for sale again. gone: they never will be. kept: the buyer keeps them.

  --key <uuid>              names the refund: sent again, it is made once
  --again                   another refund, though there is one already
`;

const GOODS = ["back", "gone", "kept"] as const;

export function readCommand(words: string[]): Command {
  const { values, positionals } = parsed(words);
  const [name, orderId, ...rest] = positionals;
  const { amount, goods, units, key, again } = values;
  const others = Object.keys(values).length;
  if (key !== undefined && !(isUuid(key) && isOwnUuid(key)))
    throw new Refusal(`--key is a UUID of your own, not ${key}.`);
  if (name === "list" && orderId === undefined && others === 0) return { name };
  if (!isUuid(orderId) || rest.length > 0) throw unknown(words);
  if (name === "show" && others === 0) return { name, orderId };
  if (name === "cancel" && others === (key === undefined ? 0 : 1)) return { name, orderId, key };
  if (name !== "refund") throw unknown(words);
  const chosen = GOODS.find((each) => each === goods);
  if (!chosen) throw new Refusal("Say what becomes of the goods: --goods back, gone or kept.");
  if (chosen === "kept" && units !== undefined) throw new Refusal("Goods that are kept have no --units.");
  if (chosen === "kept" && amount === "0") throw new Refusal("No money, and the goods are kept: nothing would change.");
  return {
    name,
    orderId,
    goods: chosen,
    amount: amount === "0" ? 0 : countOf("--amount", amount),
    units: countOf("--units", units),
    key,
    again: again ?? false,
  };
}

function parsed(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        amount: { type: "string" },
        goods: { type: "string" },
        units: { type: "string" },
        key: { type: "string" },
        again: { type: "boolean" },
      },
    });
  } catch {
    throw unknown(words);
  }
}

function countOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(given)) throw new Refusal(`${option} is a whole number of at least 1, not ${given}.`);
  return Number(given);
}

function unknown(words: string[]): Refusal {
  return new Refusal(`This is not a command about orders: ${JSON.stringify(words.join(" "))}.`);
}
