/** One mail to the shop's mail server, and what the server made of it. */
import { Readable } from "node:stream";
import { createTransport } from "nodemailer";
import MailComposer from "nodemailer/lib/mail-composer";
import { within } from "#app/within.server.ts";
import type { Mail } from "./mails.server.ts";

/**
 * Milliseconds for a connection, for the server's first line, for each silence, and for a mail as a whole: a server that goes on
 * saying a little is never silent, and would keep a worker for ever.
 */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, wholeMail: 120_000 };

/**
 * `refused` for good · `unanswered`: the whole mail was handed over and nothing came back, so the server may have taken it ·
 * `failed`: it was not taken.
 */
export type Delivery = { kind: "sent" } | { kind: "refused" | "unanswered" | "failed"; why: string };

export interface Smtp {
  /** Of the sender. */
  domain: string;
  send: (mail: Mail) => Promise<Delivery>;
}

export function openSmtp(url: string, from: string, patience: Partial<typeof PATIENCE> = {}): Smtp {
  const { wholeMail, ...silences } = { ...PATIENCE, ...patience };
  const transport = createTransport({ url, ...silences });
  const domain = /@([^\s@>]+)>?$/.exec(from)?.[1] ?? "localhost";
  return {
    domain,
    send: async (mail) => {
      const message = composed(mail, from).compile();
      const bytes = await message.build();
      const handed = { over: false };
      const raw = Readable.from([bytes]).once("end", () => (handed.over = true));
      try {
        const sent = transport.sendMail({ envelope: message.getEnvelope(), raw });
        await within(wholeMail, sent, () => new Error("the mail server took too long"));
        return { kind: "sent" };
      } catch (error) {
        return deliveryOf(error, handed.over);
      }
    },
  };
}

/** The same bytes at every try: date, boundary and Message-ID are the mail's own. */
function composed(
  { id, recipient, subject, text, html, messageId, sender, triedAt }: Mail,
  from: string,
): MailComposer {
  return new MailComposer({
    // Whoever runs the shop may call the sender something else.
    from: sender === null || from.includes("<") ? from : { name: sender, address: from },
    // As an object: a text would be read as a list of addresses.
    to: { name: "", address: recipient },
    subject,
    text,
    html,
    messageId,
    date: triedAt ?? new Date(0),
    baseBoundary: id,
    headers: { "Auto-Submitted": "auto-generated" },
    // Whatever an item is called, no file and no address of this machine is read into a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function deliveryOf(error: unknown, handedOver: boolean): Delivery {
  const { code, command, response, responseCode } = error as {
    code?: string;
    command?: string;
    response?: string;
    responseCode?: number;
  };
  const why = withoutAddresses([code, command, response].filter((part) => part).join(" ") || String(error));
  if (responseCode === undefined) return { kind: handedOver ? "unanswered" : "failed", why };
  // What the server says of the sender or the password is the operator's to mend. What it says of recipient and mail is final.
  const isFinal = responseCode >= 500 && (command === "RCPT TO" || command === "DATA");
  return { kind: isFinal ? "refused" : "failed", why };
}

/** Servers repeat the address that they refuse, and it has no place in logs and tasks: all that may stand in one is left out. */
function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>,;]+@[^\s<>,;]+/g, "…");
}
