import { RemixBrowser } from "@remix-run/react";
import { startTransition, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { Document } from "./components/document.tsx";

const { reference } = document.documentElement.dataset;

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <Document.Provider value={reference ? { reference } : {}}>
        <RemixBrowser />
      </Document.Provider>
    </StrictMode>,
  );
});
