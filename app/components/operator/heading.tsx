import type { ReactNode } from "react";

/** `beside`: what can be done on this page. */
export function Heading({ children, beside }: { children: ReactNode; beside?: ReactNode }) {
  return (
    <div className="mb-6 flex flex-wrap items-center justify-between gap-4">
      <h1 className="font-display text-3xl font-semibold tracking-tight text-balance sm:text-4xl">{children}</h1>
      {beside}
    </div>
  );
}
