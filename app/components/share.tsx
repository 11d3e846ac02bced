import { useState } from "react";
import { useWords } from "./document.tsx";

/** Passes a page of the shop on, by whatever the visitor's device has for it: its own sheet, the clipboard, or the address to be copied by hand. */
export function Share({ text, path }: { text: string; path: string }) {
  const { share: say } = useWords();
  const [copied, setCopied] = useState(false);
  const share = async () => {
    const url = new URL(path, window.location.href).href;
    try {
      // Over plain http a browser offers neither.
      if ("share" in navigator) await navigator.share({ text, url });
      else if ("clipboard" in navigator) {
        await (navigator as Navigator).clipboard.writeText(url);
        setCopied(true);
      } else window.prompt(say.copy, url);
    } catch (error) {
      // Whoever closes the sheet has changed their mind.
      if (!(error instanceof DOMException && error.name === "AbortError")) window.prompt(say.copy, url);
    }
  };
  return (
    <>
      <button type="button" className="button-quiet only-with-script" data-share onClick={() => void share()}>
        <span key={copied ? "copied" : ""}>{copied ? say.copied : say.share}</span>
      </button>
      <span role="status" className="sr-only">
        {copied && say.copied}
      </span>
    </>
  );
}
