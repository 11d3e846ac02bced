import { useEffect, useId, useRef } from "react";
import { useWords } from "./document.tsx";

interface Props {
  /** The most that can be bought now. */
  most: number;
  quiet: boolean;
  disabled: boolean;
}

/** How many. A plain number field without a script; the browser keeps what was chosen, which may be older than this script. */
export function Units({ most, quiet, disabled }: Props) {
  const { buy: say } = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // The choice follows what can be bought down, and not up again.
  useEffect(() => {
    if (field.current && Number(field.current.value) > most) field.current.value = String(most);
  }, [most]);
  const step = "only-with-script size-13 shrink-0 cursor-pointer text-xl hover:text-accent";
  return (
    <div className={quiet ? "text-quiet" : ""}>
      <label htmlFor={id} className="mb-1 flex gap-x-[0.3em] text-sm text-quiet">
        <span>{say.quantity}</span>
        <span key={most}>{say.upTo(most)}</span>
      </label>
      <div className="inline-flex h-13 items-stretch overflow-hidden rounded-full border border-quiet bg-card">
        <button
          type="button"
          aria-label={say.fewer}
          disabled={disabled}
          className={step}
          onClick={() => field.current?.stepDown()}
        >
          −
        </button>
        <input
          ref={field}
          id={id}
          type="number"
          name="quantity"
          min={1}
          max={most}
          defaultValue={1}
          required
          inputMode="numeric"
          disabled={disabled}
          translate="no"
          className="w-14 bg-transparent noscript:w-28 noscript:px-5 noscript:text-left text-center text-lg font-semibold tabular-nums"
        />
        <button
          type="button"
          aria-label={say.more}
          disabled={disabled}
          className={step}
          onClick={() => field.current?.stepUp()}
        >
          +
        </button>
      </div>
    </div>
  );
}
