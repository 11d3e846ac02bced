/**
 * `npm run bench:card`: what buyers of an item notice while cards of it are made one after the other, each of another state, as where its
 * link is passed around; and how long whoever asks for one waits, alone and beside them.
 */
import { parseArgs } from "node:util";
import { median } from "../figures.ts";
import { Buyers } from "./buyers.ts";
import { HOT_ITEMS, setStage } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "50" },
    cards: { type: "string", default: "20" },
  },
});
const load = { connections: Number(flags.connections), seconds: Number(flags.seconds) };
const count = Number(flags.cards);
const [HOT = "", ...OTHERS] = HOT_ITEMS;

const stage = await setStage();
try {
  const shop = await stage.startShop();
  // Each of an item of its own: of the same one the second is there already.
  const alone: number[] = [];
  for (const item of OTHERS.slice(0, count)) alone.push((await ask(shop.url, item)).milliseconds);
  const buyers = new Buyers(shop, load);
  await buyers.warmUp();
  await buyers.alone("before");
  const made = await buyers.beside("while cards are made", askInTurn(shop.url, HOT, count));
  await buyers.alone("after");

  const states = new Set(made.map(({ name }) => name)).size;
  const waited = median(made.map(({ milliseconds }) => milliseconds)).toFixed(0);
  process.stdout.write(
    `\nA card: ${median(alone).toFixed(0)} ms alone; ${waited} ms beside ${load.connections} who buy, ${states} of ${count} made anew\n`,
  );
  process.stdout.write(buyers.toString());
} finally {
  await stage.close();
}

async function askInTurn(url: string, item: string, times: number) {
  const asked = [];
  for (let time = 0; time < times; time += 1) asked.push(await ask(url, item));
  return asked;
}

async function ask(url: string, item: string): Promise<{ name: string | null; milliseconds: number }> {
  const began = performance.now();
  const answer = await fetch(`${url}/cards/${item}.jpg`);
  await answer.bytes();
  if (answer.status !== 200) throw new Error(`the card of ${item} was answered with ${answer.status}`);
  return { name: answer.headers.get("etag"), milliseconds: performance.now() - began };
}
