/** A real SMTP server, which can be told to misbehave, and what it was handed. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterEach } from "vitest";

export interface Delivered {
  to: string[];
  message: string;
}

/**
 * `take` what comes · `refuse` each recipient · `refuse_sender` whoever it is from · `hang` after the whole mail, saying nothing · `drop` the connection there, with the
 * mail taken and the 250 lost · `end` it right after the 250.
 */
export type Manner = "take" | "refuse" | "refuse_sender" | "hang" | "drop" | "end";

export interface MailServer {
  url: string;
  port: number;
  manner: Manner;
  delivered: Delivered[];
  /** Mails that came whole, whatever was answered. */
  seen: string[];
  close: () => Promise<void>;
}

const open: MailServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

export async function startMailServer(port = 0): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    closeTimeout: 100,
    onMailFrom: (_address, _session, answer) =>
      told.manner === "refuse_sender" ? answer(new Error("no such sender here")) : answer(),
    onRcptTo: ({ address }, _session, answer) =>
      told.manner === "refuse" ? answer(new Error(`no mailbox <${address}> here`)) : answer(),
    onData: (stream, session, answer) => {
      let message = "";
      stream.on("data", (chunk: Buffer) => (message += chunk.toString()));
      stream.on("end", () => {
        told.seen.push(message);
        if (told.manner === "hang") return;
        told.delivered.push({ to: session.envelope.rcptTo.map(({ address }) => address), message });
        if (told.manner === "drop") return cut(session.id);
        answer(null, "taken");
        if (told.manner === "end") setImmediate(() => cut(session.id));
      });
    },
  });
  const cut = (id: string) => {
    for (const connection of server.connections) if (connection.session.id === id) connection.close();
  };
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: listening } = server.server.address() as AddressInfo;
  const told: MailServer = {
    url: `smtp://127.0.0.1:${listening}`,
    port: listening,
    manner: "take",
    delivered: [],
    seen: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  open.push(told);
  return told;
}

export function headOf(message: string, name: string): string | undefined {
  const [, line] = new RegExp(`^${name}: (.*(?:\\r?\\n[ \\t].*)*)$`, "im").exec(message) ?? [];
  return line
    ?.trim()
    .replace(/\r?\n[ \t]/g, " ")
    .replace(ENCODED, (_, text: string) => decoded(text))
    .trim();
}

/** RFC 2047: words of other characters, with nothing between two of them. */
const ENCODED = /=\?UTF-8\?Q\?([^?]*)\?=(?:\s+(?==\?))?/gi;

function decoded(text: string): string {
  const bytes = text
    .replaceAll("_", " ")
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
