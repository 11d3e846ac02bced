import { Link } from "@remix-run/react";
import type { WrittenAct } from "#app/shop/acts.server.ts";
import { formatPrice } from "#app/shop/money.ts";
import { words } from "#app/words/operator.ts";
import { useMoment } from "./shop-zone.ts";

const say = words.acts;

/** Fields that are shown at once. More of them, as of a new item, are opened by whoever wants them. */
const FEW = 4;

/** One act: when, who, what, and what was so before. */
export function ActLine({ act }: { act: WrittenAct }) {
  const { at, who, what, itemId, orderId } = act;
  const moment = useMoment();
  const fields = [...new Set([...Object.keys(act.before ?? {}), ...Object.keys(act.after ?? {})])];
  return (
    <li className="py-3" data-act={what}>
      <p className="flex flex-wrap gap-x-2">
        <time dateTime={at.toISOString()} className="text-quiet tabular-nums">
          {moment(at)}
        </time>
        <strong translate="no">
          <bdi>{who}</bdi>
        </strong>
        <span>{say.verb[what]}</span>
        {itemId && (
          <Link to={`/operator/items/${itemId}`} className="underline">
            {itemId}
          </Link>
        )}
        {/* A hold that has ended is no order, and has no page. */}
        {orderId && what !== "hold_ended" && (
          <Link to={`/operator/orders/${orderId}`} className="underline">
            {orderId.slice(0, 8)}
          </Link>
        )}
      </p>
      {fields.length > FEW ? (
        <details className="mt-1 text-sm">
          <summary className="more">{say.fields(fields.length)}</summary>
          <Changes act={act} fields={fields} />
        </details>
      ) : (
        fields.length > 0 && <Changes act={act} fields={fields} />
      )}
    </li>
  );
}

function Changes({ act: { before, after }, fields }: { act: WrittenAct; fields: string[] }) {
  const moment = useMoment();
  return (
    <dl
      className="mt-1 grid gap-x-4 gap-y-0.5 text-sm sm:grid-cols-[minmax(8rem,auto)_1fr] [&_dd]:mb-1 sm:[&_dd]:mb-0"
      translate="no"
    >
      {fields.map((field) => (
        <div key={field} className="contents">
          <dt className="text-quiet">{field}</dt>
          <dd className="min-w-0 break-words">
            {before && field in before ? `${shown(before[field], moment)} → ` : ""}
            {shown(after?.[field], moment)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Characters of a text: the list says that it has changed, and the export has all of it. */
const MOST = 300;

function beginningOf(text: string): string {
  const characters = Array.from(text);
  return characters.length > MOST ? `${characters.slice(0, MOST).join("")}…` : text;
}

/** As people write it. */
function shown(value: unknown, moment: (at: Date) => string): string {
  if (value === null || value === undefined || value === "") return say.nothing;
  if (typeof value === "boolean") return value ? say.yes : say.no;
  // Of pictures, what they show: the rest is addresses and numbers.
  if (Array.isArray(value))
    return value.map((each) => shown((each as { alt?: unknown }).alt ?? each, moment)).join(" · ");
  if (typeof value === "string") return TIME.test(value) ? moment(new Date(value)) : beginningOf(value);
  const { amount, currency } = value as { amount?: unknown; currency?: unknown };
  if (typeof amount === "number" && typeof currency === "string") return formatPrice({ amount, currency });
  return JSON.stringify(value);
}
