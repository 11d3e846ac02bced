import { Link } from "@remix-run/react";
import { FOCUS_AT_ONCE, useFocus } from "#app/components/use-focus.ts";
import type { Both } from "#app/pages/operator/items.server.ts";
import { words } from "#app/words/operator-items.ts";

const say = words.form;

/** Both versions of what two have changed, or may have, side by side; on a phone one under the other. */
export function MovedOn({ kind, both }: { kind: "moved_on" | "unseen"; both: Both[] }) {
  const box = useFocus<HTMLElement>(both);
  return (
    <section
      ref={box}
      tabIndex={-1}
      {...FOCUS_AT_ONCE}
      role="alert"
      data-message={kind}
      className="mb-10 rounded-2xl border border-warn p-4 sm:p-5"
    >
      <h2 className="font-display text-xl font-semibold">{kind === "unseen" ? say.unseen : say.movedOn}</h2>
      <p className="mt-1 text-pretty text-quiet">{say.movedOnText}</p>
      <table className="mt-4 w-full table-fixed text-left align-top max-sm:block">
        <thead className="max-sm:sr-only">
          <tr className="border-b border-line text-sm text-quiet">
            <th scope="col" className="w-1/4 py-2 font-medium">
              {say.movedOnField}
            </th>
            <th scope="col" className="py-2 font-medium">
              {say.movedOnNow}
            </th>
            <th scope="col" className="py-2 font-medium">
              {say.movedOnYours}
            </th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {both.map(({ field, now, yours }) => (
            <tr key={field} data-both={field} className="border-b border-line align-top max-sm:block max-sm:py-2">
              <th scope="row" className="py-2 pr-3 font-medium max-sm:block max-sm:pb-0">
                {say.labels[field].replace(/^The (.)/, (_, first: string) => first.toUpperCase())}
              </th>
              <Version label={say.movedOnNow} value={now} />
              <Version label={say.movedOnYours} value={yours} />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-4">
        <Link to="?" reloadDocument className="button-quiet">
          {say.theirs}
        </Link>
      </p>
    </section>
  );
}

function Version({ label, value }: { label: string; value: string | undefined }) {
  return (
    <td className="py-2 pr-3 break-words whitespace-pre-line max-sm:block max-sm:pt-1 max-sm:pb-0">
      <span className="block text-sm text-quiet sm:hidden" aria-hidden="true">
        {label}
      </span>
      {value || <span className="text-quiet">{value === "" ? say.nothing : say.untouched}</span>}
    </td>
  );
}
