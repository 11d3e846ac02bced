/** A pooler in transaction mode before PostgreSQL, as small as can be: each transaction gets whichever server connection is free. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import pg from "pg";
import { messageSplitter } from "./switchable-proxy.ts";

const AUTHENTICATION_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A connection to PostgreSQL that has logged in, and the client that has it now. */
interface Server {
  socket: Socket;
  client: Client | undefined;
}

interface Client {
  socket: Socket;
  server: Server | undefined;
  /** Queries and Syncs that PostgreSQL has not answered with a ReadyForQuery. */
  unanswered: number;
  /** What it has sent while no server was free. */
  kept: Buffer[];
}

export async function startTransactionPooler(
  databaseUrl: string,
  size: number,
): Promise<{ url: string; close: () => void }> {
  const sessions = Array.from({ length: size }, () => new pg.Client({ connectionString: databaseUrl }));
  const free: Server[] = [];
  const waiting: Client[] = [];
  for (const session of sessions) {
    session.on("error", () => undefined);
    await session.connect();
    // Logged in by the library, from here on spoken to by the pooler's clients.
    const { stream } = (session as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners("data");
    const server: Server = { socket: stream, client: undefined };
    const split = messageSplitter();
    stream.on("data", (chunk: Buffer) => {
      for (const message of split(chunk)) answer(server, message);
    });
    free.push(server);
  }

  const answer = (server: Server, message: Buffer) => {
    const { client } = server;
    if (!client) return;
    client.socket.write(message);
    if (String.fromCharCode(message[0] ?? 0) !== "Z") return;
    client.unanswered -= 1;
    const isIdle = String.fromCharCode(message[5] ?? 0) === "I";
    if (!isIdle || client.unanswered > 0) return;
    client.server = server.client = undefined;
    free.push(server);
    const next = waiting.shift();
    if (next) pass(next, []);
  };

  /** The one that was let go of last comes first, as in most poolers. */
  const pass = (client: Client, messages: Buffer[]) => {
    client.kept.push(...messages);
    client.server ??= free.pop();
    if (!client.server) {
      if (!waiting.includes(client)) waiting.push(client);
      return;
    }
    client.server.client = client;
    for (const message of client.kept.splice(0)) client.server.socket.write(message);
  };

  const clients = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    const client: Client = { socket, server: undefined, unanswered: 0, kept: [] };
    const split = messageSplitter();
    clients.add(socket);
    socket.on("error", () => undefined).on("close", () => clients.delete(socket));
    // The first message, which starts the session, has no letter for its type: one chunk, as the library sends it.
    socket.once("data", () => {
      socket.write(Buffer.concat([AUTHENTICATION_OK, READY]));
      socket.on("data", (chunk: Buffer) => {
        const messages = split(chunk).filter((message) => String.fromCharCode(message[0] ?? 0) !== "X");
        client.unanswered += messages.filter((message) =>
          ["Q", "S"].includes(String.fromCharCode(message[0] ?? 0)),
        ).length;
        if (messages.length > 0) pass(client, messages);
      });
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
  return {
    url: url.href,
    close: () => {
      listener.close();
      for (const socket of clients) socket.destroy();
      for (const session of sessions) void session.end();
    },
  };
}
