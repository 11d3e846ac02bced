import { useLocation } from "@remix-run/react";
import { Component, type ReactNode, useEffect } from "react";

/** What stood in a page's forms, by their names, when something took its place. Not in a component: that takes all of them. */
let kept: { page: string; forms: Map<string, FormData> } | undefined;

interface Props {
  /** Its path. */
  page: string;
  children: ReactNode;
}

/**
 * Puts back what was typed into each form with `data-kept`, its name, when its page comes back. An answer that is lost on the way, also
 * to a look of the page's own, takes the page away until the shop can be reached: nobody should have to write an address or a story again.
 */
export function KeptForms({ page, children }: Props) {
  // After the effects of all that it stands around: what listens to the fields hears of it.
  useEffect(() => {
    const last = kept;
    kept = undefined;
    if (last?.page !== page) return;
    for (const form of forms()) putBack(form, last.forms.get(nameOf(form)));
  }, [page]);
  return <Keeper page={page}>{children}</Keeper>;
}

/** What the hidden fields of a page's form had that is about to be put back; these, where nothing is. React alone can put them back. */
export function useKeptHidden<Hidden extends Record<string, string>>(form: string, hidden: Hidden): Hidden {
  const { pathname } = useLocation();
  const typed = kept?.page === pathname ? kept.forms.get(form) : undefined;
  if (!typed) return hidden;
  return Object.fromEntries(
    Object.entries(hidden).map(([name, value]) => {
      const before = typed.get(name);
      return [name, typeof before === "string" ? before : value];
    }),
  ) as Hidden;
}

/** A class, because no effect ends before its elements are gone and may stand in what the server renders. */
class Keeper extends Component<Props> {
  override componentWillUnmount(): void {
    kept = { page: this.props.page, forms: new Map(forms().map((form) => [nameOf(form), new FormData(form)])) };
  }

  override render(): ReactNode {
    return this.props.children;
  }
}

function forms(): HTMLFormElement[] {
  return [...document.querySelectorAll<HTMLFormElement>("form[data-kept]")];
}

function nameOf(form: HTMLFormElement): string {
  return form.dataset.kept ?? "";
}

function putBack(form: HTMLFormElement, typed: FormData | undefined): void {
  for (const field of typed ? form.elements : []) {
    if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) {
      if (typed?.getAll(field.name).includes(field.value) !== field.checked) field.click();
    } else if (
      (field instanceof HTMLInputElement && field.type !== "hidden") ||
      field instanceof HTMLTextAreaElement ||
      field instanceof HTMLSelectElement
    ) {
      const value = typed?.get(field.name);
      // A chosen file cannot be put back.
      if (typeof value !== "string" || value === field.value) continue;
      field.value = value;
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
}
