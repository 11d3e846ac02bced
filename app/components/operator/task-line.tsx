import { Form, Link } from "@remix-run/react";
import type { TaskLeft } from "#app/outbox/tasks-left.server.ts";
import { words as say } from "#app/words/operator-outbox.ts";
import { useMoment } from "./shop-zone.ts";

interface Props {
  task: TaskLeft & { says: string };
  /** Something is being sent already. */
  isBusy: boolean;
}

/** One task that is left: what it is, why it is not done, and another try. */
export function TaskLine({ task: { id, says, subject, state, attempts, tryAt, why }, isBusy }: Props) {
  const moment = useMoment();
  return (
    <li data-task={id} data-state={state} className="flex flex-wrap items-center justify-between gap-x-8 gap-y-2 py-3">
      <div className="min-w-0">
        <p className="font-medium">{says}</p>
        <p className="text-sm text-quiet">
          <Link to={`/operator/orders/${subject}`} className="link">
            {say.order} <span translate="no">{subject.slice(0, 8)}</span>
          </Link>
          {" · "}
          {say.tried(attempts)}
          {state !== "given_up" && (
            <>
              {" · "}
              <time dateTime={tryAt.toISOString()} className="tabular-nums">
                {say.next(moment(tryAt))}
              </time>
            </>
          )}
        </p>
        {why !== null && (
          <p className={`mt-0.5 text-sm break-words ${state === "stuck" ? "text-bad" : ""}`} data-why>
            {why}
          </p>
        )}
      </div>
      {state !== "under_way" && (
        <Form method="post" preventScrollReset>
          <button
            name="task"
            value={id}
            className="button-quiet"
            aria-disabled={isBusy || undefined}
            aria-label={`${say.retry}: ${says}, ${say.order} ${subject.slice(0, 8)}`}
          >
            {say.retry}
          </button>
        </Form>
      )}
    </li>
  );
}
