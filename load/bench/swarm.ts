/** Thousands of clients of event streams in one process: a socket each, and no more work than to see that something came. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export class Swarm {
  readonly #sockets: Socket[] = [];
  #arrivals: { at: number; text: string }[][] = [];

  /** Opens `size` streams and waits until each has sent its first event. With `reads: false` nothing is read after that. */
  static async open(url: string, size: number, { reads = true } = {}): Promise<Swarm> {
    const swarm = new Swarm();
    // A few hundred at a time: the bare server's queue for new connections is 511 long.
    for (let opened = 0; opened < size; opened += 250)
      await Promise.all(Array.from({ length: Math.min(250, size - opened) }, () => swarm.#add(new URL(url), reads)));
    return swarm;
  }

  async #add({ hostname, port, pathname, search, host }: URL, reads: boolean): Promise<void> {
    const socket = connect(Number(port), hostname);
    const index = this.#sockets.push(socket) - 1;
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`);
    let text = "";
    while (!text.includes("event: ")) {
      const [chunk] = (await once(socket, "data")) as [Buffer];
      text += chunk.toString("latin1");
      if (!text.startsWith("HTTP/1.1 200")) throw new Error(`a stream was refused: ${text.slice(0, 200)}`);
    }
    if (!reads) return void socket.pause();
    socket.on("data", (data: Buffer) => {
      (this.#arrivals[index] ??= []).push({ at: Date.now(), text: data.toString("latin1") });
    });
  }

  /** Forgets what has come so far. */
  expect(): void {
    this.#arrivals = [];
  }

  /** Waits until every client has been told `mark`; the time at which each was, in milliseconds since 1970. */
  async seen(mark: string): Promise<number[]> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const times = this.#sockets.map((_, index) => this.#arrivals[index]?.find(({ text }) => text.includes(mark))?.at);
      const known = times.filter((time) => time !== undefined);
      if (known.length === times.length) return known;
      if (Date.now() > deadline)
        throw new Error(`${times.length - known.length} of ${times.length} clients were never told ${mark}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Gives, for a version, the time at which the last client had been told it or a newer one. */
  lastToShow(): (version: number) => number {
    const told = this.#sockets.map((_, index) =>
      (this.#arrivals[index] ?? []).flatMap(({ at, text }) =>
        [...text.matchAll(/"version":(\d+)/g)].map(([, version]) => ({ at, version: Number(version) })),
      ),
    );
    return (wanted) => Math.max(...told.map((list) => list.find(({ version }) => version >= wanted)?.at ?? Infinity));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
