import { Component, Fragment, type ReactNode } from "react";

interface Props {
  /** Names the page, so that each has its own second try. */
  page: string;
  children: ReactNode;
}

interface State {
  copy: number;
  error: unknown;
  /** The page that has had its second try. */
  tried: string | undefined;
}

/**
 * Builds the page once more when it breaks in the browser, and lets the failure through the second time. What breaks it
 * there is seldom its own: a translator or an extension has moved elements that React looks for, and a new copy has them.
 */
export class SecondTry extends Component<Props, State> {
  override state: State = { copy: 1, error: undefined, tried: undefined };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  override componentDidCatch(): void {
    this.setState(({ copy }, { page }) => ({ copy: copy + 1, error: undefined, tried: page }));
  }

  override render(): ReactNode {
    const { copy, error, tried } = this.state;
    if (error !== undefined && tried === this.props.page) throw error;
    return error === undefined && <Fragment key={copy}>{this.props.children}</Fragment>;
  }
}
