import { useLocation } from "@remix-run/react";
import type { ReactNode } from "react";
import { FOCUS_AT_ONCE, useFocus } from "#app/components/use-focus.ts";

interface Props {
  /** Of which kind it is, for tests and checkers. */
  message?: string;
  className?: string;
  children: ReactNode;
}

/** What was done. It takes the focus and the view, unless the whole page came with it and begins at its top. */
export function Done({ message = "done", className = "mb-6", children }: Props) {
  const { key } = useLocation();
  const box = useFocus<HTMLParagraphElement>(key !== "default" && key);
  return (
    <p
      ref={box}
      tabIndex={-1}
      role="status"
      data-message={message}
      className={`rounded-2xl border border-good p-4 text-good ${className}`}
    >
      {children}
    </p>
  );
}

/** Why nothing was done. `news`: what the focus goes there for; in a page that came whole, the browser brings it there. */
export function Refused({
  id,
  message = "refused",
  className = "",
  news,
  children,
}: Props & { id?: string; news?: unknown }) {
  const box = useFocus<HTMLParagraphElement>(news);
  return (
    <p
      ref={box}
      id={id}
      tabIndex={-1}
      {...FOCUS_AT_ONCE}
      role="alert"
      data-message={message}
      className={`rounded-2xl border border-bad p-4 text-pretty text-bad ${className}`}
    >
      {children}
    </p>
  );
}
