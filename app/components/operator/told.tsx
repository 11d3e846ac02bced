import type { ReactNode } from "react";
import { useFocus } from "#app/components/use-focus.ts";

interface Props {
  /** Of which kind it is, for tests and checkers. */
  message?: string;
  className?: string;
  children: ReactNode;
}

/** What was done. */
export function Done({ message = "done", className = "mb-6", children }: Props) {
  return (
    <p role="status" data-message={message} className={`rounded-2xl border border-good p-4 text-good ${className}`}>
      {children}
    </p>
  );
}

/** Why nothing was done. `news`: what the focus goes there for. */
export function Refused({ message = "refused", className = "", news, children }: Props & { news?: unknown }) {
  const box = useFocus<HTMLParagraphElement>(news);
  return (
    <p
      ref={box}
      tabIndex={-1}
      role="alert"
      data-message={message}
      className={`rounded-2xl border border-bad p-4 text-pretty text-bad ${className}`}
    >
      {children}
    </p>
  );
}
