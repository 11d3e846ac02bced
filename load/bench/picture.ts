/**
 * `npm run bench:picture`: what buyers notice while an operator's photo of 18 megapixels is made ready for the item's page, and how long
 * the operator waits for it, alone and beside them.
 */
import { parseArgs } from "node:util";
import sharp from "sharp";
import { Buyers } from "./buyers.ts";
import { OPERATED, signIn } from "./operator.ts";
import { HOT_ITEMS, setStage } from "./stage.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "50" },
  },
});
const load = { connections: Number(flags.connections), seconds: Number(flags.seconds) };
const SHOWN = HOT_ITEMS[1] ?? "";

const stage = await setStage();
try {
  const shop = await stage.startShop(OPERATED);
  const cookie = await signIn(shop);
  const photo = await takePhoto();

  const alone = await upload(shop.url, cookie, photo, "alone");
  const buyers = new Buyers(shop, load);
  await buyers.warmUp();
  await buyers.alone("before");
  const another = await takePhoto();
  const beside = await buyers.beside("while the picture is made", upload(shop.url, cookie, another, "beside them"));
  await buyers.alone("after");

  process.stdout.write(
    `\nA photo of 18 megapixels, ${(photo.length / 1e6).toFixed(1)} MB: ${alone.toFixed(1)} s alone, ${beside.toFixed(1)} s beside ${load.connections} who buy\n`,
  );
  process.stdout.write(buyers.toString());
} finally {
  await stage.close();
}

/** Each another one, with as much detail as a camera gives. */
async function takePhoto(): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: 5_184, height: 3_456, channels: 3, background: "#a63", noise } })
    .blur(1.2)
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** Returns the seconds until the shop has answered. */
async function upload(url: string, cookie: string, photo: Buffer, alt: string): Promise<number> {
  const form = new FormData();
  form.append("picture", new File([Uint8Array.from(photo)], "photo.jpg", { type: "image/jpeg" }));
  form.append("alt", alt);
  const began = performance.now();
  const answer = await fetch(`${url}/operator/items/${SHOWN}/pictures`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie },
    body: form,
  });
  if (answer.status !== 303) throw new Error(`the picture was answered with ${answer.status}: ${await answer.text()}`);
  return (performance.now() - began) / 1_000;
}
