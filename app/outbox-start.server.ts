/** What this process does after commits, put together: the handlers of every kind. */
import { orderMails } from "./checkout/order-mails.server.ts";
import { moneyTasks } from "./checkout/money-tasks.server.ts";
import { env } from "./env.server.ts";
import { startOutbox } from "./outbox/outbox.server.ts";
import { mailHandler } from "./outbox/send-mail.server.ts";
import { openSmtp } from "./outbox/smtp.server.ts";

export function startShopOutbox(): void {
  const smtp = env.SMTP_URL && env.MAIL_FROM ? openSmtp(env.SMTP_URL, env.MAIL_FROM) : undefined;
  startOutbox({ ...moneyTasks, mail: mailHandler(orderMails, smtp) });
}
