import { Link } from "@remix-run/react";
import type { WrittenAct } from "#app/shop/acts.server.ts";
import { formatMoment } from "#app/words/moment.ts";
import { words } from "#app/words/operator.ts";

/** One act: when, who, what, and what was so before. */
export function ActLine({ act: { at, who, what, itemId, orderId, before, after } }: { act: WrittenAct }) {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <li className="py-3" data-act={what}>
      <p className="flex flex-wrap gap-x-2">
        <time dateTime={at.toISOString()} className="text-quiet tabular-nums">
          {formatMoment(at)}
        </time>
        <strong translate="no">{who}</strong>
        <span>{words.acts.verb[what]}</span>
        {itemId && (
          <Link to={`/operator/items/${itemId}`} className="underline">
            {itemId}
          </Link>
        )}
        {orderId && (
          <Link to={`/operator/orders/${orderId}`} className="underline">
            {orderId.slice(0, 8)}
          </Link>
        )}
      </p>
      {fields.length > 0 && (
        <dl className="mt-1 text-sm text-quiet" translate="no">
          {fields.map((field) => (
            <div key={field} className="flex flex-wrap gap-x-2">
              <dt>{field}</dt>
              <dd className="min-w-0 break-words text-ink">
                {before && field in before ? `${shown(before[field])} → ` : ""}
                {shown(after?.[field])}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
