import { execFile } from "node:child_process";
import { CURRENCIES } from "#app/shop/money.ts";

/** What `npm run items` runs, and how it ends. */
export function items(
  args: string[],
  settings: Record<string, string | undefined> = {},
  input = "",
): Promise<{ code: number; said: string[]; complained: string[] }> {
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const env = { ...process.env, ...settings };
  return new Promise((resolve) => {
    const command = execFile(process.execPath, ["ops/items.ts", ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: lines(stdout), complained: lines(stderr) });
    });
    command.stdin?.end(input);
  });
}

/** An item in each currency, as a file tells it, all at the same amount: `in-eur`, `in-huf` and so on. */
export const IN_EVERY_CURRENCY = CURRENCIES.map((currency) => ({
  id: `in-${currency.toLowerCase()}`,
  name: currency,
  picture: "/items/moon-moth.svg",
  pictureAlt: "A moth.",
  price: { amount: 1_234_567, currency },
  quantity: 1,
}));
