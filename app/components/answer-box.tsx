import type { ReactNode } from "react";
import { FOCUS_AT_ONCE, useFocus } from "./use-focus.ts";

interface Props {
  /** What the form was answered. The focus goes to the box with each other one. */
  message: { kind: string };
  id?: string;
  role?: "alert" | "status";
  className: string;
  title: string;
  text: string;
  children?: ReactNode;
}

/** Says what a form came to and what to do next, to eyes and to screen readers. */
export function AnswerBox({ message, id, role = "alert", className, title, text, children }: Props) {
  const box = useFocus<HTMLDivElement>(message);
  return (
    <div
      id={id}
      ref={box}
      tabIndex={-1}
      {...FOCUS_AT_ONCE}
      role={role}
      data-message={message.kind}
      className={`rounded-2xl border border-line bg-card p-4 sm:p-5 ${className}`}
    >
      <p className="font-display text-xl font-semibold">{title}</p>
      <p className="mt-1 text-pretty text-quiet">{text}</p>
      {children}
    </div>
  );
}
