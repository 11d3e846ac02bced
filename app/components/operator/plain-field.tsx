import type { ReactNode } from "react";
import { FOCUS_AT_ONCE } from "#app/components/use-focus.ts";

interface Props {
  id: string;
  label: string;
  /** Says it to screen readers alone, where a heading says it to eyes. */
  isLabelHidden?: boolean;
  hint?: ReactNode;
  error: string | undefined;
  children: (described: Described) => ReactNode;
}

/** `autoFocus`: of several, a browser takes the first. */
interface Described {
  id: string;
  "aria-describedby": string;
  "aria-invalid"?: true;
  autoFocus?: true;
}

const WRONG = { "aria-invalid": true, ...FOCUS_AT_ONCE } as const;

/** A field of a form that the browser does not check, with what is wrong with it and what it is for. */
export function PlainField({ id, label, isLabelHidden = false, hint, error, children }: Props) {
  return (
    <div>
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "mb-1 block font-medium"}>
        {label}
      </label>
      {children({ id, "aria-describedby": `${id}-says`, ...(error !== undefined && WRONG) })}
      <Says id={id} hint={hint} error={error} />
    </div>
  );
}

/** What is wrong with a field, and what it is for. */
export function Says({ id, hint, error }: Pick<Props, "id" | "hint" | "error">) {
  return (
    <div id={`${id}-says`} className="text-sm">
      {error !== undefined && (
        <p className="mt-1 font-medium text-bad" data-error={id}>
          {error}
        </p>
      )}
      {hint !== undefined && <div className="mt-1 text-quiet">{hint}</div>}
    </div>
  );
}
