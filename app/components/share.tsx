import { useState } from "react";
import { useWords } from "./document.tsx";

/** Over plain http a browser offers neither its sheet nor the clipboard; elsewhere it may refuse either. */
type Device = Partial<Pick<Navigator, "share" | "clipboard">>;

/** Whether there is nothing left to do. */
async function passOn(what: ShareData, device: Device = navigator): Promise<boolean> {
  try {
    await device.share?.(what);
    return device.share !== undefined;
  } catch (error) {
    // Whoever closes the sheet has changed their mind.
    return error instanceof DOMException && error.name === "AbortError";
  }
}

async function copy(url: string, device: Device = navigator): Promise<boolean> {
  try {
    await device.clipboard?.writeText(url);
    return device.clipboard !== undefined;
  } catch {
    return false;
  }
}

/** Passes a page of the shop on, by whatever the visitor's device has for it: its own sheet, the clipboard, or the address to be copied by hand. */
export function Share({ text, path }: { text: string; path: string }) {
  const { share: say } = useWords();
  const [copied, setCopied] = useState(false);
  const share = async () => {
    const url = new URL(path, window.location.href).href;
    if (await passOn({ text, url })) return;
    if (await copy(url)) setCopied(true);
    else window.prompt(say.copy, url);
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
