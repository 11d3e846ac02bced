import { RemixBrowser } from "@remix-run/react";
import { startTransition, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { Document } from "./components/document.tsx";
import { knowShop } from "./components/shop.ts";
import { isOfOperators } from "./http/operator-path.ts";
import type { Shop } from "./shop/shop-settings.ts";
import { isLanguage } from "./words/languages.ts";

const { reference, shop, language } = document.documentElement.dataset;
if (shop !== undefined) knowShop(JSON.parse(shop) as Shop);

// Remix decodes the page's data in its first render, and suspends there. A key or a click between `hydrateRoot` and that render makes it
// a synchronous one, which may not suspend: React 18 throws its error 345, and the page never comes to life. So the data are decoded
// before React is asked. `RemixBrowser` throws their promise before its first hook.
try {
  RemixBrowser({});
} catch (decoding) {
  await decoding;
}

// React 18 sets a textarea back to the words that it came with, and whoever was quicker than the scripts would lose theirs. It leaves
// one alone that came with others.
for (const area of document.querySelectorAll("textarea"))
  if (area.value !== area.defaultValue) area.defaultValue = area.value;

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <Document.Provider
        value={{ language: isLanguage(language) ? language : "en", ...(reference !== undefined && { reference }) }}
      >
        <RemixBrowser />
      </Document.Provider>
    </StrictMode>,
  );
});

const OPERATORS_ROUTE = /^routes\/operator([._]|$)/;
const isOperator = isOfOperators(window.location.pathname);

// A deploy takes the scripts of the version before away, and an open page would ask for them with its first click: the browser would
// load the page anew, and the click would be lost. So the shop's few pages come along with the first, and the operator's with one of
// theirs. What is no page imports nothing.
for (const { id, module, imports = [] } of Object.values(window.__remixManifest.routes))
  if (imports.length > 0 && (isOperator || !OPERATORS_ROUTE.test(id)))
    void import(/* @vite-ignore */ module).catch(() => undefined);
