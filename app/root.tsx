import type { HeadersFunction, LinksFunction, MetaFunction } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Link,
  Links,
  Meta,
  NavigationType,
  Outlet,
  ScrollRestoration,
  useLocation,
  useNavigationType,
  useRouteError,
} from "@remix-run/react";
import { type ReactNode, useEffect } from "react";
import fraunces from "@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2?url";
import instrumentSans from "@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2?url";
import { useDocument, useWords } from "./components/document.tsx";
import { FailurePage } from "./components/failure-page.tsx";
import { KeptForms } from "./components/kept-forms.tsx";
import { LateScripts } from "./components/late-scripts.tsx";
import { Logo } from "./components/logo.tsx";
import { SecondTry } from "./components/second-try.tsx";
import { languageIn, pagesOf, shopIn, titleIn, useShop, useShopApart } from "./components/shop.ts";
import { env } from "./env.server.ts";
import { currentExchange } from "./http/exchange.server.ts";
import { shopOfPage } from "./http/kept-pages.server.ts";
import { isOfOperators } from "./http/operator-path.ts";
import { type Failure, page } from "./http/page.server.ts";
import { shownAccent, stylesheetOf } from "./shop/accent.ts";
import { iconOf } from "./shop/pictures.ts";
import type { Shop, ShopPage, ShopSettings } from "./shop/shop-settings.ts";
import { type Words, wordsIn } from "./words/words.ts";
import "./styles.css";

const font = (href: string) => ({
  rel: "preload",
  as: "font" as const,
  type: "font/woff2",
  href,
  crossOrigin: "anonymous" as const,
});

export const links: LinksFunction = () => [
  font(fraunces),
  font(instrumentSans),
  { rel: "manifest", href: "/manifest.webmanifest" },
];

export const loader = page(() =>
  Promise.resolve({ shop: shopOfPage(), origin: env.SHOP_URL?.origin, language: currentExchange().language }),
);

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: titleIn(matches, error ? failureOf(error, wordsIn(languageIn(matches)).failure).title : undefined) },
  { name: "description", content: shopIn(matches).intro },
];

// A failure's own headers, such as Retry-After, which Remix would drop.
export const headers: HeadersFunction = ({ errorHeaders, parentHeaders }) => errorHeaders ?? parentHeaders;

const NOINDEX = "noindex";

/** What is one person's alone. The form that finds their orders is for everybody. */
function isPrivate(path: string): boolean {
  return isOfOperators(path) || /^\/orders\//i.test(path);
}

export function Layout({ children }: { children: ReactNode }) {
  const { nonce, reference, language } = useDocument();
  const say = useWords().frame;
  const { pathname } = useLocation();
  const shop = useShop();
  const stylesheet = stylesheetOf(shop.accent);
  return (
    // The language twice: a browser that translates the page changes the first.
    <html lang={language} data-language={language} data-reference={reference} data-shop={useShopApart()}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {isPrivate(pathname) && <meta name="robots" content={NOINDEX} />}
        <Meta />
        <Links />
        {stylesheet && <link rel="stylesheet" href={stylesheet} />}
        <Icons shop={shop} />
      </head>
      <body className="flex min-h-dvh flex-col bg-page font-sans text-ink antialiased">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:top-3 focus:left-3 focus:z-10 focus:bg-card focus:p-3"
        >
          {say.skip}
        </a>
        <header className="border-b border-line print:hidden">
          <div className="page-width flex flex-wrap items-center justify-between gap-x-4 py-1.5 lg:py-2.5">
            <Link
              to="/"
              // The operator's pages are in English: the window may be in another language.
              reloadDocument={isOfOperators(pathname)}
              className="flex min-h-11 min-w-0 items-center gap-2.5 font-display text-2xl font-semibold tracking-tight"
            >
              {shop.logo ? (
                <Logo logo={shop.logo} name={shop.name} />
              ) : (
                <>
                  <img src="/favicon.svg" alt="" width="28" height="28" />
                  {shop.name}
                </>
              )}
            </Link>
            <Navigation shop={shop} />
          </div>
        </header>
        <main id="main" className="page-width flex-1 py-5 lg:py-12">
          {children}
        </main>
        <footer className="border-t border-line print:hidden">
          <Footer shop={shop} />
        </footer>
        <ScrollRestoration {...(nonce ? { nonce } : {})} />
        <LateScripts {...(nonce ? { nonce } : {})} />
      </body>
    </html>
  );
}

/** By which a browser shows the shop in its tabs and bars. */
function Icons({ shop: { logo, accent } }: { shop: Shop }) {
  const { light, dark } = shownAccent(accent);
  return (
    <>
      {logo ? (
        <>
          <link rel="icon" href={iconOf(logo, 192)} type="image/png" sizes="192x192" />
          <link rel="apple-touch-icon" href={iconOf(logo, 180)} />
        </>
      ) : (
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      )}
      <meta name="theme-color" media="(prefers-color-scheme: light)" content={light} />
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content={dark} />
    </>
  );
}

/** What is looked for from every page. The rest is at its foot. */
function Navigation({ shop }: { shop: ShopSettings }) {
  const words = useWords();
  return (
    <nav aria-label={words.navigation} className="text-sm">
      <PageLinks
        pages={pagesOf(shop, ["about"])}
        // On a phone its head would have two lines, and what is for sale less room.
        each="max-sm:hidden"
        className="flex flex-wrap gap-x-4 sm:gap-x-6"
        look="flex min-h-11 items-center hover:underline"
      />
    </nav>
  );
}

/** To these of the shop's pages, in places that `each` gives them, and to the one that finds an order. `look`: each link's. */
function PageLinks({
  pages,
  each,
  className,
  look,
}: {
  pages: { page: ShopPage; href: string }[];
  each?: string;
  className: string;
  look: string;
}) {
  const words = useWords();
  return (
    <ul className={className}>
      {pages.map(({ page, href }) => (
        <li key={page} className={each}>
          <a href={href} className={look}>
            {words.shopPages[page]}
          </a>
        </li>
      ))}
      <li>
        <Link to="/orders" className={look}>
          {words.findOrder.title}
        </Link>
      </li>
    </ul>
  );
}

/** Who sells here, and on which terms. */
function Footer({ shop }: { shop: ShopSettings }) {
  const { frame: say } = useWords();
  return (
    <div className="page-width flex flex-wrap items-start justify-between gap-x-8 gap-y-3 py-6 text-sm text-quiet">
      {(shop.address || shop.email) && (
        <address className="whitespace-pre-line not-italic">
          {shop.address}
          {shop.address && shop.email && "\n"}
          {shop.email && (
            <a href={`mailto:${shop.email}`} className="link">
              {shop.email}
            </a>
          )}
        </address>
      )}
      <PageLinks pages={pagesOf(shop)} className="flex flex-wrap gap-x-5 gap-y-2" look="link" />
      <p>{shop.credit === "on" ? `${say.promise} ${say.credit}` : say.promise}</p>
    </div>
  );
}

/** What was shown last. Not in a component: a failure replaces all of them, the document included. */
let shown: string | undefined;

/** Tells a screen reader of a page that came without a full load, where the focus was on what is gone. */
function useArrival(failed = false): void {
  const { pathname } = useLocation();
  const goesBack = useNavigationType() === NavigationType.Pop;
  const arrived = `${pathname} ${failed}`;
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>("main h1");
    if (heading && shown !== undefined && shown !== arrived) {
      heading.tabIndex = -1;
      // Back is where it was left. A form keeps its page in place, and so would leave a receipt scrolled down.
      heading.focus({ preventScroll: true });
      if (!goesBack) window.scrollTo(0, 0);
    }
    shown = arrived;
  }, [arrived, goesBack]);
}

export default function App() {
  useArrival();
  const { key, pathname } = useLocation();
  return (
    <SecondTry page={key}>
      <KeptForms page={pathname}>
        <Outlet />
      </KeptForms>
    </SecondTry>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  const { reference } = useDocument();
  const say = useWords().failure;
  useArrival(true);
  return <FailurePage failure={failureOf(error, say, reference)} />;
}

/** How browsers name a request without an answer, and Remix an answer that is not the shop's: no type tells them from bugs, only these words. */
const NO_ANSWER =
  /^(Failed to fetch|NetworkError when attempting to fetch|Load failed|Unable to decode turbo-stream response)/;

function failureOf(error: unknown, say: Words["failure"], reference?: string): Failure {
  if (isRouteErrorResponse(error)) {
    if (isFailure(error.data)) return error.data;
    if (error.status === 405) return { kind: "refused", ...say.refused["method-not-allowed"] };
    if (error.status < 500) return { kind: "refused", ...say.refused["not-found"] };
  }
  if (error instanceof Error && NO_ANSWER.test(error.message)) return { kind: "away", ...say.unreachable };
  return {
    kind: "broken",
    ...say.broken,
    ...(reference ? { reference } : {}),
  };
}

function isFailure(data: unknown): data is Failure {
  return typeof data === "object" && data !== null && "kind" in data && "title" in data && "detail" in data;
}
