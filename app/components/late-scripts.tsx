import { Scripts } from "@remix-run/react";
import {
  Children,
  cloneElement,
  type ComponentProps,
  isValidElement,
  type PropsWithChildren,
  type ReactElement,
} from "react";

/**
 * Remix's scripts, which the browser brings after all that a page shows. Everything on it works without them, and browsers fetch what is to
 * be preloaded as a module before fonts and pictures unless told otherwise: on a slow line text and price would wait for React.
 */
export function LateScripts(props: ComponentProps<typeof Scripts>) {
  // Called, not rendered: what it returns must be at hand here. It stays one component's hooks, in one order.
  const scripts = Scripts(props) as ReactElement<PropsWithChildren> | null;
  return Children.map(scripts?.props.children, (child) =>
    isValidElement<{ rel?: string; fetchpriority?: string }>(child) && child.props.rel === "modulepreload"
      ? cloneElement(child, { fetchpriority: "low" })
      : child,
  );
}
