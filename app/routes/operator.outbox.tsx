import type { MetaFunction } from "@remix-run/node";
import { Form, Link, useLoaderData, useNavigation } from "@remix-run/react";
import { Heading } from "#app/components/operator/heading.tsx";
import { useMoment } from "#app/components/operator/shop-zone.ts";
import { TaskLine } from "#app/components/operator/task-line.tsx";
import { page } from "#app/http/page.server.ts";
import { answerOutbox, outboxPage } from "#app/pages/operator/outbox.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words as say } from "#app/words/operator-outbox.ts";
import { Done } from "#app/components/operator/told.tsx";

export const loader = page(() => outboxPage());

export const action = page(() => answerOutbox());

export const headers = () => NOT_KEPT;

export const meta: MetaFunction = () => [{ title: say.title }];

export default function Outbox() {
  const { tasks, more, mails, said } = useLoaderData<typeof loader>();
  const moment = useMoment();
  const isBusy = useNavigation().state !== "idle";
  const byState = Map.groupBy(tasks, ({ state }) => state);
  const hasFailed = byState.has("stuck") || byState.has("failed");
  return (
    <>
      <Heading
        beside={
          hasFailed && (
            <Form method="post" preventScrollReset>
              <button name="task" value="all" className="button-quiet" aria-disabled={isBusy || undefined}>
                {say.retryAll}
              </button>
            </Form>
          )
        }
      >
        {say.title}
      </Heading>
      {said && <Done message={said}>{say.said[said]}</Done>}
      <p className="max-w-2xl text-pretty text-quiet">{say.intro}</p>
      {tasks.length === 0 && <p className="mt-4 text-lg font-medium">{say.nothing}</p>}
      {[...byState].map(([state, those]) => (
        <section key={state} className="mt-8">
          <h2 className="mb-1 font-display text-xl font-semibold">{say.state[state]}</h2>
          <ul className="divide-y divide-line border-y border-line">
            {those.map((task) => (
              <TaskLine key={task.id} task={task} isBusy={isBusy} />
            ))}
          </ul>
        </section>
      ))}
      {more !== undefined && <p className="mt-4 text-quiet">{say.more(more)}</p>}
      <section className="mt-12">
        <h2 className="mb-1 font-display text-xl font-semibold">{say.mails}</h2>
        {mails.length === 0 && <p className="text-quiet">{say.noMails}</p>}
        <ul className="divide-y divide-line border-y border-line empty:hidden">
          {mails.map(({ id, subject, recipient, state, createdAt }) => (
            <li key={id} className="relative py-3">
              <p className="font-medium">
                <Link to={`/operator/outbox/mails/${id}`} className="cover">
                  {subject}
                </Link>
              </p>
              <p className="text-sm text-quiet">
                <span translate="no">{recipient ?? say.nobody}</span> · {say.mailState[state]} ·{" "}
                <time dateTime={createdAt.toISOString()} className="tabular-nums">
                  {moment(createdAt)}
                </time>
              </p>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
