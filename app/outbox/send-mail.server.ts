/** Does the tasks of kind `mail`. */
import { type Database, db } from "#app/db.server.ts";
import { report } from "#app/report.server.ts";
import { readShop } from "#app/shop-settings.server.ts";
import type { Language } from "#app/words/languages.ts";
import { type Letter, signed } from "#app/words/letter.ts";
import type { Zone } from "#app/words/moment.ts";
import type { Done, GivenUp, Task } from "./handler.ts";
import { asHtml, asText } from "./letter-as-mail.ts";
import { keepMail, languageOf, type MailKind, mailOf, markGivenUp, markSent, markUnanswered } from "./mails.server.ts";
import type { Smtp } from "./smtp.server.ts";

/** What a kind of mail says, and until when it is true. `part` as in the mail's task. */
export interface MailDefinition {
  /** Asked before every try: a mail that a later state has made wrong is not sent. */
  stillTrue: (orderId: string, part: string) => Promise<boolean>;
  write: (
    orderId: string,
    part: string,
    language: Language,
    zone: Zone,
  ) => Promise<Letter & { /** Other orders, too. */ tellsOf?: string[] }>;
}

export type MailDefinitions = Partial<Record<MailKind, MailDefinition>>;

/** Tries of a mail, the last of them about a day after the first. */
const MOST_TRIES = 44;
/** Tries that a server may have taken without saying so: its reader gets each of them. */
const MOST_UNANSWERED = 5;

/** Without `smtp`, mails are written and kept. */
export function mailHandler(
  definitions: MailDefinitions,
  smtp: Smtp | undefined,
  client: Database = db,
): (task: Task) => Promise<Done | GivenUp> {
  return async ({ id, subject: orderId, part: taskPart, attempts, signal }) => {
    const { kind, part } = mailOf(taskPart);
    const giveUp = async (why: string): Promise<GivenUp> => {
      await markGivenUp(client, orderId, kind, part);
      return { giveUp: why };
    };
    const definition = definitions[kind];
    if (!definition) throw new Error(`nobody writes mails of kind ${kind}`);
    if (!(await definition.stillTrue(orderId, part))) return giveUp("it is no longer true");
    // As the database has it: an instance that has just started may not know it yet.
    const shop = await readShop(client);
    const language = await languageOf(orderId, client);
    const { tellsOf = [], ...written } = await definition.write(orderId, part, language, shop.zone);
    const letter = signed(written, shop);
    const mail = await keepMail(client, {
      ...{ kind, orderId, part, tellsOf },
      ...{ subject: letter.subject, text: asText(letter), html: asHtml(letter, language) },
      sender: shop.name,
      ...{ domain: smtp?.domain ?? "localhost", final: smtp !== undefined },
    });
    if (!mail) return giveUp("there is nobody to send it to");
    if (!smtp || mail.sentAt) return "done";
    // Whoever has taken the task over sends it: the reader would get it twice.
    if (signal.aborted) return { again: "soon", why: "not sent before its time was over" };

    const delivery = await smtp.send(mail);
    if (delivery.kind === "sent") {
      await markSent(client, mail.id);
      return "done";
    }
    const { why } = delivery;
    if (delivery.kind === "unanswered") await markUnanswered(client, mail.id);
    const isLast =
      delivery.kind === "refused" ||
      attempts >= MOST_TRIES ||
      (delivery.kind === "unanswered" && mail.unanswered + 1 >= MOST_UNANSWERED);
    if (!isLast) return { again: "soon", why };
    report("mail_given_up", { task: id, mail: mail.id, kind, why });
    return giveUp(why);
  };
}
