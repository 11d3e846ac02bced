import type { FieldMetadata } from "@conform-to/react";
import type { ReactNode } from "react";

interface Props {
  field: FieldMetadata<string | undefined>;
  label: string;
  hint?: ReactNode;
  /** What is meant by what was entered, as it changes. */
  says?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A field with its label, what it is for, and what is wrong with it. */
export function Field({ field, label, hint, says, className = "", children }: Props) {
  const error = field.errors?.[0];
  return (
    <div className={className}>
      <label htmlFor={field.id} className="mb-1 block font-medium">
        {label}
      </label>
      {children}
      <p id={field.errorId} className="mt-1 text-sm font-medium text-bad" data-error={error ? field.name : undefined}>
        {error}
      </p>
      {says}
      {hint && (
        <p id={field.descriptionId} className="mt-1 text-sm text-quiet">
          {hint}
        </p>
      )}
    </div>
  );
}
