/** A TCP proxy before PostgreSQL that a test can switch off and on: the database is away, and comes back. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface SwitchableProxy {
  /** The connection string that leads through it. */
  url: string;
  off: () => void;
  on: () => void;
  close: () => void;
}

export async function startProxy(databaseUrl: string): Promise<SwitchableProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((client) => {
    if (!open) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
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
    close: () => {
      off();
      server.close();
    },
  };
}
