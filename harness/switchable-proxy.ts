/** A TCP proxy before PostgreSQL, to make faults of the network: the database is away and comes back, or an answer is lost. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Transform, type TransformCallback } from "node:stream";

export interface SwitchableProxy {
  /** The connection string that leads through it. */
  url: string;
  off: () => void;
  on: () => void;
  /** From now on nothing comes through, and nobody is told: as when the other machine has lost its power. */
  hush: () => void;
  /** Connections from now on go to this database's server: a restarted one may have another port. */
  leadTo: (databaseUrl: string) => void;
  /** From now on this share of the notifications, 0 to 1, is thrown away. `dropped` is called for each. */
  loseNotifications: (share: number, dropped: () => void) => void;
  /**
   * The next COMMIT reaches PostgreSQL and is done, but its answer is lost with the connection, and `lost` is called.
   * Until the returned function is called, it happens to every COMMIT; with `of`, to those of transactions that sent this
   * text. With `reset` the connection is broken off (RST), as by a host that crashed, instead of closed.
   */
  loseAnswersToCommit: (lost?: () => void, how?: { of?: string; reset?: boolean }) => () => void;
  close: () => void;
}

export async function startProxy(databaseUrl: string): Promise<SwitchableProxy> {
  let target = new URL(databaseUrl);
  let losingNotifications: { share: number; dropped: () => void } = { share: 0, dropped: () => undefined };
  const sockets = new Set<Socket>();
  let open = true;
  let losing: { lost: () => void; of: string; reset: boolean } | undefined;
  // Without noDelay small messages wait up to 40 ms for the acknowledgement of those before them, several times in a transaction.
  const server = createServer({ noDelay: true }, (client) => {
    if (!open) return void client.destroy();
    const upstream = connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    let concerned = false;
    let committing = false;
    const statements = new Statements((sql) => {
      if (sql === "BEGIN") concerned = false;
      concerned ||= losing !== undefined && sql.includes(losing.of);
      committing ||= losing !== undefined && concerned && sql === "COMMIT";
    });
    client.on("data", (chunk: Buffer) => statements.read(chunk));
    upstream.prependListener("data", () => {
      if (!committing) return;
      filtered.unpipe(client);
      if (losing?.reset) client.resetAndDestroy();
      else client.destroy();
      losing?.lost();
    });
    const filtered = upstream.pipe(
      new Messages((type) => {
        if (type !== NOTIFICATION || Math.random() >= losingNotifications.share) return true;
        losingNotifications.dropped();
        return false;
      }),
    );
    filtered.pipe(client);
    client.pipe(upstream);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one
        .on("error", () => other.destroy())
        .on("close", () => {
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
    hush: () => {
      for (const socket of sockets) socket.pause().unpipe();
    },
    leadTo: (url) => (target = new URL(url)),
    loseNotifications: (share, dropped) => (losingNotifications = { share, dropped }),
    loseAnswersToCommit: (lost = () => undefined, { of = "", reset = false } = {}) => {
      losing = { lost, of, reset };
      return () => (losing = undefined);
    },
    close: () => {
      off();
      server.close();
    },
  };
}

const NOTIFICATION = "A";

/** PostgreSQL's messages to a client, one by one: a letter for the type, four bytes for the length, and the rest. */
class Messages extends Transform {
  readonly #passes: (type: string) => boolean;
  readonly #split = messageSplitter();

  constructor(passes: (type: string) => boolean) {
    super();
    this.#passes = passes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const message of this.#split(chunk)) {
      if (this.#passes(String.fromCharCode(message[0] ?? 0))) this.push(message);
    }
    done();
  }
}

/** What a client sends, as the text of each statement that it runs: one that was given a name sends its text only once. */
class Statements {
  readonly #onStatement: (sql: string) => void;
  readonly #named = new Map<string, string>();
  readonly #split = messageSplitter();
  /** The first message, which starts the session, has no letter for its type. */
  #started = false;

  constructor(onStatement: (sql: string) => void) {
    this.#onStatement = onStatement;
  }

  read(chunk: Buffer): void {
    const bytes = this.#started ? chunk : chunk.subarray(chunk.readInt32BE(0));
    this.#started = true;
    for (const message of this.#split(bytes)) {
      const type = String.fromCharCode(message[0] ?? 0);
      // Parse: a name and a text. Bind: a portal's name and the statement's. Query: a text.
      const [first = "", second = ""] = message.subarray(5).toString("latin1").split("\0", 2);
      if (type === "P") this.#named.set(first, second);
      if (type === "B") this.#onStatement(this.#named.get(second) ?? "");
      if (type === "Q") this.#onStatement(first);
    }
  }
}

/** Gives the whole messages among what has come so far, and keeps the rest for the next time. */
export function messageSplitter(): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Buffer[] = [];
    while (rest.length >= 5) {
      const length = 1 + rest.readInt32BE(1);
      if (rest.length < length) break;
      messages.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    return messages;
  };
}
