/** A letter as the two bodies of a mail, which say the same. */
import { createElement as h, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import type { Block, Letter } from "#app/words/letter.ts";

export function asText({ blocks }: Letter): string {
  return `${blocks.map(blockAsText).join("\n\n")}\n`;
}

function blockAsText(block: Block): string {
  if (typeof block === "string") return block;
  if ("href" in block) return `${block.label}: ${block.href}`;
  if ("signed" in block) return `-- \n${block.signed.join("\n")}`;
  return block.facts.map(([label, value]) => `${label}: ${value}`).join("\n");
}

/** Nothing is loaded from elsewhere: to read a mail tells nobody. */
export function asHtml({ subject, blocks }: Letter, lang: string): string {
  const page = h(
    "html",
    { lang },
    h("head", null, h("meta", { charSet: "utf-8" }), h("title", null, subject)),
    h("body", { style: { fontFamily: "sans-serif", lineHeight: 1.5 } }, ...blocks.map(blockAsHtml)),
  );
  return `<!doctype html>${renderToStaticMarkup(page)}`;
}

function blockAsHtml(block: Block): ReactElement {
  if (typeof block === "string") return h("p", null, block);
  if ("href" in block) return h("p", null, h("a", { href: block.href }, block.label));
  if ("signed" in block)
    return h(
      "p",
      { style: { borderTop: "1px solid", paddingTop: "1em" } },
      ...block.signed.flatMap((line, nth) => (nth === 0 ? [h("strong", { key: nth }, line)] : [h("br"), line])),
    );
  const rows = block.facts.map(([label, value]) =>
    h("tr", { key: label }, h("th", { scope: "row", style: { textAlign: "start" } }, label), h("td", null, value)),
  );
  return h("table", null, h("tbody", null, ...rows));
}
