/** What must follow a sale and has not yet, and the mails. */
import { data, redirect } from "@remix-run/node";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { type KeptMail, listMails, mailOf } from "#app/outbox/mails.server.ts";
import { listTasksLeft, retryFailedTasks, retryTask, type TaskLeft } from "#app/outbox/tasks-left.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { words } from "#app/words/operator-outbox.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** Lines of the page: what needs somebody comes first, and a shop that sells has thousands that only wait. */
const MOST_TASKS = 200;
const MOST_MAILS = 50;

export async function outboxPage() {
  await requireOperator();
  const [found, mails] = await Promise.all([listTasksLeft({ most: MOST_TASKS + 1 }), listMails({ most: MOST_MAILS })]);
  const said = currentExchange().url.searchParams.get("said");
  const tasks = found.slice(0, MOST_TASKS);
  return data(
    {
      tasks: tasks.map((task) => ({ ...task, says: nameOf(task) })),
      more: found.length > MOST_TASKS ? MOST_TASKS : undefined,
      mails: mails.map(withoutBody),
      said: (Object.keys(words.said) as Said[]).find((each) => each === said),
    },
    { headers: NOT_KEPT },
  );
}

type Said = keyof typeof words.said;

function nameOf({ kind, part }: TaskLeft): string {
  return kind === "mail" ? words.mail[mailOf(part).kind] : words.money[kind];
}

function withoutBody({ id, subject, recipient, state, createdAt }: KeptMail) {
  return { id, subject, recipient, state, createdAt };
}

export async function answerOutbox() {
  const { who: by } = await requireOperator();
  const { task = "" } = await readForm(currentExchange());
  if (task === "all") {
    await retryFailedTasks({ by });
    return go("all");
  }
  if (!/^[1-9]\d{0,17}$/.test(task)) throw notFound("task");
  return go((await retryTask(task, { by })) ? "retried" : "late");
}

function go(said: Said) {
  return redirect(`/operator/outbox?said=${said}`, { status: 303, headers: NOT_KEPT });
}

/** As its reader sees it, in its plain form: the page's own rules would take the other's colours away. */
export async function mailPage(id: string | undefined) {
  await requireOperator();
  const [mail] = isUuid(id) ? await listMails({ id }) : [];
  if (!mail) throw notFound("mail");
  const { orderId, text, messageId } = mail;
  return data({ ...withoutBody(mail), orderId, text, messageId }, { headers: NOT_KEPT });
}
