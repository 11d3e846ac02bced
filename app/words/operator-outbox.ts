/** What the operator's pages about the outbox say. */
import type { KeptMail, MailKind } from "#app/outbox/mails.server.ts";
import type { TaskLeft } from "#app/outbox/tasks-left.server.ts";
import type { MoneyKind } from "#app/tasks.server.ts";

export const words = {
  title: "Outbox",
  intro: "What must follow a sale: money, and mails. The shop does it by itself, and tries again what fails.",
  nothing: "Nothing is left to do.",
  more: (most: number) => `These are the first ${most}. There are more.`,
  state: {
    stuck: "Stuck: it needs you",
    failed: "Failed, and tried again by itself",
    under_way: "Under way",
    waiting: "Waiting for its time",
    given_up: "Given up",
  } satisfies Record<TaskLeft["state"], string>,
  money: {
    settle: "Settle a payment",
    expire: "Close a payment page",
    capture: "Charge the card",
    cancel: "Let an authorisation go",
    refund: "Give money back",
  } satisfies Record<MoneyKind, string>,
  mail: {
    yours: "Mail: it is yours",
    sent: "Mail: it is on its way",
    refunded: "Mail: refunded",
    hold_ended: "Mail: no longer held",
    orders: "Mail: receipts, asked for",
  } satisfies Record<MailKind, string>,
  tried: (times: number) => (times === 0 ? "not tried yet" : times === 1 ? "tried once" : `tried ${times} times`),
  next: (when: string) => `next ${when}`,
  order: "Order",
  retry: "Try again",
  retryAll: "Try all that failed again",
  said: {
    retried: "It is tried again now.",
    late: "It is done or under way already. Nothing was changed.",
    all: "All that failed is tried again now.",
  },
  mails: "Latest mails",
  noMails: "No mail was written yet.",
  mailState: {
    sent: "sent",
    waiting: "waiting",
    kept: "kept: the shop has no mail server",
    given_up: "given up",
    erased: "erased",
  } satisfies Record<KeptMail["state"], string>,
  facts: { to: "To", state: "State", written: "Written", id: "Message-ID" },
  erased: "Its text was erased.",
  nobody: "erased",
};
