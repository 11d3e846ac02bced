import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { accepts, freePort } from "./port.ts";

/** The ports that the system gives to the near ends of connections (Linux tells which; IANA's for others). */
const [first, last] =
  process.platform === "linux"
    ? readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/).map(Number)
    : [49_152, 65_535];

test("a port that the shop chooses is none that an outgoing connection, its own or another program's, will have taken", async () => {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = await freePort();
    expect(port).toBeGreaterThan(1_024);
    expect(port >= (first ?? 0) && port <= (last ?? 0), `${port} is not in ${first} to ${last}`).toBe(false);
    expect(await accepts("127.0.0.1", port)).toBe(false);
  }
});
