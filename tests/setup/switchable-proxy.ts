/** A TCP proxy before PostgreSQL, to make faults of the network: the database is away and comes back, or an answer is lost. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface SwitchableProxy {
  /** The connection string that leads through it. */
  url: string;
  off: () => void;
  on: () => void;
  /**
   * The next COMMIT reaches PostgreSQL and is done, but its answer is lost with the connection, and `lost` is called.
   * Until the returned function is called, it happens to every COMMIT; with `of`, to those of transactions that sent this text.
   */
  loseAnswersToCommit: (lost?: () => void, of?: string) => () => void;
  close: () => void;
}

export async function startProxy(databaseUrl: string): Promise<SwitchableProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let open = true;
  let losing: { lost: () => void; of: string } | undefined;
  const server = createServer((client) => {
    if (!open) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    let concerned = false;
    let committing = false;
    client.on("data", (chunk: Buffer) => {
      if (chunk.includes("BEGIN")) concerned = false;
      concerned ||= losing !== undefined && chunk.includes(losing.of);
      committing ||= losing !== undefined && concerned && chunk.includes("COMMIT");
    });
    upstream.prependListener("data", () => {
      if (!committing) return;
      upstream.unpipe(client);
      client.destroy();
      losing?.lost();
    });
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy()).on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
  const off = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    off,
    on: () => (open = true),
    loseAnswersToCommit: (lost = () => undefined, of = "") => {
      losing = { lost, of };
      return () => (losing = undefined);
    },
    close: () => {
      off();
      server.close();
    },
  };
}
