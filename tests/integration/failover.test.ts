/** Promise 6 through a failover that lost commits: no page goes on showing what never was, and versions that come again are new. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { expect, inject, test } from "vitest";
import type { Stock } from "#app/shop/item.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy } from "#harness/switchable-proxy.ts";
import { startEmbeddedPostgres } from "#server/embedded-postgres.ts";
import { copyDataDir } from "../setup/data-dir.ts";

const ITEM = "tin-comet";

/** A server, and a standby of it that is behind by all that comes now. */
async function serverAndStandby(folder: string) {
  const [primary, standby] = [path.join(folder, "primary"), path.join(folder, "standby")];
  for (const copy of [primary, standby]) await copyDataDir(inject("usedDataDir"), copy);
  await writeFile(path.join(standby, "postgres", "standby.signal"), "");
  return { primary, standby };
}

async function promote(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ promoted: boolean }>("SELECT pg_promote() AS promoted");
  await client.end();
  expect(rows).toEqual([{ promoted: true }]);
}

/** What a page is told, which opens another stream when one has ended. `leave` ends that. */
function watch(url: string): { told: Stock[]; leave: () => void } {
  const told: Stock[] = [];
  const left = new AbortController();
  const read = async () => {
    const { body } = await fetch(`${url}/live?items=${ITEM}`, { signal: left.signal });
    let text = "";
    const events = new WritableStream<string>({
      write: (part) => {
        const whole = (text + part).split("\n\n");
        text = whole.pop() ?? "";
        for (const event of whole)
          if (event.startsWith("event: stock")) told.push(JSON.parse(event.split("data: ")[1] ?? "") as Stock);
      },
    });
    await body?.pipeThrough(new TextDecoderStream()).pipeTo(events);
  };
  void (async () => {
    while (!left.signal.aborted) await read().catch(() => new Promise((resolve) => setTimeout(resolve, 100)));
  })();
  return { told, leave: () => left.abort() };
}

test("a standby that was promoted without the last orders is believed by open pages, and sells on from what it has", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-failover-"));
  const { primary, standby } = await serverAndStandby(folder);
  let server = await startEmbeddedPostgres(primary);
  const proxy = await startProxy(server.urlOf("lastone"));
  const shop = await startShop({ DATABASE_URL: proxy.url });
  const { told, leave } = watch(shop.url);
  try {
    await until(() => told.length > 0);
    const [before] = told;
    for (let lost = 0; lost < 3; lost += 1)
      expect((await new Visitor(shop.url).buyByJson(ITEM, randomUUID())).status).toBe(201);
    await until(() => told.at(-1)?.quantity === 7);

    await server.stop();
    server = await startEmbeddedPostgres(standby);
    await promote(server.urlOf("lastone"));
    proxy.leadTo(server.urlOf("lastone"));
    await until(() => told.at(-1)?.quantity === 10);
    expect(told.at(-1)).toMatchObject({ version: before?.version, epoch: (before?.epoch ?? 0) + 1 });

    // The versions that were lost come again, and mean something else now.
    await until(async () => (await new Visitor(shop.url).buyByJson(ITEM, randomUUID())).status === 201);
    await until(() => told.at(-1)?.quantity === 9);
    const page = await (await fetch(`${shop.url}/items/${ITEM}`)).text();
    expect(Number(/data-quantity[^>]*>(\d+)</.exec(page)?.[1])).toBe(9);
  } finally {
    leave();
    await shop.stop();
    proxy.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
