/** Pictures: what is none is refused in words and leaves nothing; what is one is shown everywhere, and says nothing of its photographer. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type MadePicture, pathOf } from "#app/shop/pictures.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

const ITEM = "moon-moth";
const PAGE = `/operator/items/${ITEM}/pictures`;
let shop: Shop;
let operator: Operator;

beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD });
  operator = await Operator.signIn(shop.url);
});
afterAll(() => shop.stop());

function upload(bytes: Uint8Array, name = "photo.png", alt = "A thing on a table"): Promise<Response> {
  const form = new FormData();
  form.append("picture", new File([Uint8Array.from(bytes)], name, { type: "image/png" }));
  form.append("alt", alt);
  return operator.fetch(PAGE, { method: "POST", redirect: "manual", body: form });
}

const photo = (width = 300, height = 200) => sharp({ create: { width, height, channels: 3, background: "#c63" } });

/** A PNG of which the head alone says how large it is. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min(width * height, 20_000_000)));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

const SVG = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const hostile: [string, () => Promise<Buffer> | Buffer, RegExp][] = [
  ["no bytes", () => Buffer.alloc(0), /The file is empty/],
  ["an SVG named .png", () => SVG, /This is an SVG/],
  ["a text", () => Buffer.from("Hello, this is a picture."), /This is text/],
  ["a PDF", () => Buffer.from("%PDF-1.7\n"), /This is a PDF/],
  ["an animated GIF", () => photo().gif().toBuffer(), /This is a GIF/],
  ["a HEIC photo", () => Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), /This is a HEIC photo/],
  [
    "a truncated PNG",
    async () => (await photo(900, 900).png({ compressionLevel: 0 }).toBuffer()).subarray(0, 900_000),
    /broken/,
  ],
  [
    "the head of a JPEG and no more",
    () => Buffer.from("\xff\xd8\xff\xe0\0\x10JFIF", "latin1"),
    /no picture that the shop can read|broken/,
  ],
  ["a PNG of 30,000 by 30,000", () => pngOf(30_000, 30_000), /more than 60 million pixels/],
  ["a PNG that is larger than it says", () => pngOf(20_000, 2_000).subarray(0, 20_000), /broken/],
  [
    "an AVIF that is a JPEG inside",
    async () =>
      Buffer.concat([Buffer.from("\0\0\0\x18ftypavif\0\0\0\0avifmif1", "latin1"), await photo().jpeg().toBuffer()]),
    /no picture|broken/,
  ],
  [
    "11 MB",
    () => Buffer.concat([Buffer.from("\xff\xd8\xff", "latin1"), Buffer.alloc(11_000_000)]),
    /larger than 10 MB/,
  ],
];

test.each(hostile)("%s: refused in words, and nothing is left of it", async (_name, make, says) => {
  const answer = await upload(await make(), "photo.png", "What was entered");
  const html = await answer.text();
  expect([answer.status, /data-error="picture">([^<]*)/.exec(html)?.[1]]).toEqual([400, expect.stringMatching(says)]);
  // What was entered beside it is still there.
  expect(html).toContain('value="What was entered"');
  expect([await db.pictureFile.count(), (await db.item.findUniqueOrThrow({ where: { id: ITEM } })).pictures]).toEqual([
    0,
    [],
  ]);
});

test("nobody uploads without a session, from another site, or without a text", async () => {
  const body = () => {
    const form = new FormData();
    form.append("picture", new File(["x"], "a.png"));
    return form;
  };
  const stranger = await fetch(shop.url + PAGE, { method: "POST", redirect: "manual", body: body() });
  expect([stranger.status, stranger.headers.get("location")]).toEqual([302, "/operator/sign-in"]);
  const headers = { Origin: "https://evil.example" };
  expect((await operator.fetch(PAGE, { method: "POST", headers, body: body() })).status).toBe(403);
  expect(await (await upload(await photo().png().toBuffer(), "a.png", " ")).text()).toContain("The text is empty.");
  expect(await db.pictureFile.count()).toBe(0);
});

interface Shown {
  path: string;
  alt: string;
  made?: MadePicture;
}

async function shown(): Promise<Shown[]> {
  return (await db.item.findUniqueOrThrow({ where: { id: ITEM } })).pictures as unknown as Shown[];
}

test("a photo is turned as it was held, tells no place, and comes in all sizes to be kept for ever", async () => {
  const exif = { IFD0: { Artist: "Somebody" }, IFD3: { GPSLatitude: "52/1 30/1 0/1", GPSLatitudeRef: "N" } };
  const bytes = await photo(1200, 900).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  expect((await sharp(bytes).metadata()).orientation).toBe(6);
  const answer = await upload(bytes);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, `${PAGE}?done`]);
  const [, picture] = await shown();
  expect(picture).toMatchObject({ alt: "A thing on a table", made: { width: 900, height: 1200, widths: [480, 900] } });
  for (const kind of ["avif", "webp"])
    for (const width of [480, 900]) {
      const file = await fetch(`${shop.url}/pictures/${picture?.made?.name ?? ""}-${width}.${kind}`);
      expect([file.status, file.headers.get("content-type"), file.headers.get("cache-control")]).toEqual([
        200,
        `image/${kind}`,
        "public, max-age=31536000, immutable",
      ]);
      const read = await sharp(Buffer.from(await file.arrayBuffer())).metadata();
      expect([read.width, read.orientation, read.exif]).toEqual([width, undefined, undefined]);
      const again = await fetch(file.url, { headers: { "If-None-Match": file.headers.get("etag") ?? "" } });
      expect(again.status).toBe(304);
    }
  expect((await fetch(`${shop.url}/pictures/${"0".repeat(64)}-480.webp`)).status).toBe(404);
  expect(await db.act.findFirst({ where: { itemId: ITEM }, orderBy: { id: "desc" } })).toMatchObject({
    who: "Ann",
    what: "item_changed",
  });
});

test("of an animation one frame is kept, and the same picture again is no second one", async () => {
  const frames = await sharp(Buffer.alloc(2 * 40 * 40 * 3, 200), {
    raw: { width: 40, height: 80, channels: 3, pageHeight: 40 },
  })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer();
  expect((await upload(frames, "a.webp", "One frame")).status).toBe(303);
  expect((await shown()).at(-1)).toMatchObject({ made: { width: 40, height: 40 } });
  const count = (await shown()).length;
  expect((await upload(frames, "a.webp", "One frame again")).status).toBe(303);
  expect([(await shown()).length, (await shown()).at(-1)?.alt]).toEqual([count, "One frame again"]);
});

test("moved up, a picture is the item's own at once, on every page; the last one stays", async () => {
  const [before, photo = before] = await shown();
  // Pressed twice, it is moved once.
  const up = { act: "up", path: photo?.path ?? "", above: before?.path ?? "" };
  for (let presses = 0; presses < 2; presses += 1) expect((await operator.press(PAGE, up)).status).toBe(303);
  const srcSet = `${photo?.made?.name ?? ""}-480.avif 480w`;
  await until(async () => (await (await fetch(`${shop.url}/`)).text()).includes(srcSet));
  const page = await (await fetch(`${shop.url}/items/${ITEM}`)).text();
  expect(page).toMatch(/<img[^>]* width="900" height="1200"/);
  await operator.press(PAGE, { act: "describe", path: photo?.path ?? "", alt: "Another text" });
  expect(await db.item.findUniqueOrThrow({ where: { id: ITEM } })).toMatchObject({
    picture: photo?.path,
    pictureAlt: "Another text",
  });
  for (const { path } of (await shown()).slice(1)) await operator.press(PAGE, { act: "remove", path });
  const gone = await operator.press(PAGE, { act: "describe", path: before?.path ?? "", alt: "Typed in vain" });
  expect([gone.status, await gone.text()]).toEqual([409, expect.stringContaining("has removed that picture")]);
  const last = await operator.press(PAGE, { act: "remove", path: photo?.path ?? "" });
  expect([last.status, (await shown()).length]).toEqual([409, 1]);
});

const FORM = `/operator/items/${ITEM}`;
const seen = () => operator.hiddenFields(FORM, "data-item");
const uploaded = async (colour: string) => {
  const bytes = await sharp({ create: { width: 500, height: 400, channels: 3, background: colour } })
    .png()
    .toBuffer();
  const picture = new Blob([Uint8Array.from(bytes)]);
  // With a mistake elsewhere: nothing shows it yet.
  const html = await (await operator.send(FORM, { ...(await seen()), picture, pictureAlt: "" })).text();
  const sent = /name="made" value="([^"]*)"/.exec(html)?.[1]?.replaceAll("&quot;", '"') ?? "";
  const made = JSON.parse(sent) as MadePicture;
  return { made, path: pathOf(made) };
};
const save = async (fields: Record<string, string>) =>
  (await operator.send(FORM, { ...(await seen()), ...fields })).status;
/** As if the files had been uploaded the day before yesterday, and then somebody uploads another picture. */
async function twoDaysLater(): Promise<void> {
  await db.$executeRaw`UPDATE picture_files SET kept_at = now() - interval '2 days'`;
  await uploaded("#123");
}

test("what a form says of its picture is believed of files that there are", async () => {
  const { made, path } = await uploaded("#c36");
  const none = path.replace(/-\d+\./, "-479.");
  expect(await save({ picturePath: none })).toBe(400);
  expect(await save({ picturePath: none, made: JSON.stringify({ ...made, widths: [300, 479], width: 479 }) })).toBe(
    400,
  );
  const tooWide = { ...made, widths: [...made.widths, 9_000], width: 9_000 };
  expect(await save({ picturePath: path, made: JSON.stringify(tooWide) })).toBe(400);
  // What says one width and has another is not what the shop has sent.
  expect(await save({ picturePath: path, made: JSON.stringify({ ...made, width: 9_000 }) })).toBe(303);
  expect((await shown())[0]?.made).toBeUndefined();
  expect(await save({ picturePath: "/items/moon-moth.svg" })).toBe(303);
  expect(await save({ picturePath: path, made: JSON.stringify(made) })).toBe(303);
  expect((await shown())[0]?.made).toEqual(made);
});

test("a picture of which only the address was entered stays as long as it is shown, in whichever place", async () => {
  const { path } = await uploaded("#3c6");
  expect(await save({ picturePath: path })).toBe(303);
  expect((await upload(await photo(60, 60).png().toBuffer())).status).toBe(303);
  const [first, second] = await shown();
  await operator.press(PAGE, { act: "up", path: second?.path ?? "", above: first?.path ?? "" });
  expect((await shown())[1]).toMatchObject({ path });
  await twoDaysLater();
  expect((await fetch(shop.url + path)).status).toBe(200);
});

test("pages that are open show for a day what a form has replaced", async () => {
  const [first] = await shown();
  await db.$executeRaw`UPDATE picture_files SET kept_at = now() - interval '2 days'`;
  expect(await save({ picturePath: "/items/moon-moth.svg" })).toBe(303);
  await uploaded("#456");
  expect(await db.pictureFile.count({ where: { picture: first?.made?.name ?? "" } })).toBeGreaterThan(0);
  await twoDaysLater();
  expect(await db.pictureFile.count({ where: { picture: first?.made?.name ?? "" } })).toBe(0);
});
