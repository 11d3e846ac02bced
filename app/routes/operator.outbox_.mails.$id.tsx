import type { MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { Facts, Line } from "#app/components/facts.tsx";
import { Heading } from "#app/components/operator/heading.tsx";
import { useMoment } from "#app/components/operator/shop-zone.ts";
import { page } from "#app/http/page.server.ts";
import { mailPage } from "#app/pages/operator/outbox.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words as say } from "#app/words/operator-outbox.ts";

export const loader = page(({ params }) => mailPage(params.id));

export const headers = () => NOT_KEPT;

export const meta: MetaFunction<typeof loader> = ({ data: mail }) => [{ title: mail?.subject ?? say.title }];

export default function Mail() {
  const { subject, recipient, state, createdAt, messageId, orderId, text } = useLoaderData<typeof loader>();
  const moment = useMoment();
  return (
    <div className="max-w-2xl">
      <Heading>{subject}</Heading>
      <Facts>
        <Line term={say.facts.to}>
          <span className="break-all">{recipient ?? say.nobody}</span>
        </Line>
        <Line term={say.facts.state}>{say.mailState[state]}</Line>
        <Line term={say.facts.written}>
          <time dateTime={createdAt.toISOString()}>{moment(createdAt)}</time>
        </Line>
        <Line term={say.order}>
          <Link to={`/operator/orders/${orderId}`} className="link">
            {orderId.slice(0, 8)}
          </Link>
        </Line>
        <Line term={say.facts.id}>
          <span className="text-sm break-all">{messageId}</span>
        </Line>
      </Facts>
      {text === null ? (
        <p className="mt-6 text-quiet">{say.erased}</p>
      ) : (
        <div
          className="mt-6 rounded-2xl border border-line bg-card p-5 break-words whitespace-pre-wrap"
          data-text
          translate="no"
        >
          {text}
        </div>
      )}
    </div>
  );
}
