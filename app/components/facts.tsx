import type { ReactNode } from "react";

/** Terms and what they are here, a line each. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="divide-y divide-line border-y border-line">{children}</dl>;
}

export function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-3">
      <dt className="text-quiet">{term}</dt>
      <dd translate="no" className="font-medium tabular-nums">
        {children}
      </dd>
    </div>
  );
}
