/** A story as its writer meant it: Markdown, in which plain text is what it always was, line by line. */
import MarkdownIt from "markdown-it";
import { LONGEST } from "#app/shop/item-form.ts";

const markdown = new MarkdownIt({ html: false, breaks: true, linkify: false, typographer: false })
  // Pictures have their own place, with their texts. The others make something of what is meant as it stands: lines that are indented or
  // underlined, &c. and <this>.
  .disable(["image", "code", "lheading", "reference", "entity", "autolink", "table"]);

const SCHEME = /^([^/?#:]*):/;
/** What every browser opens, and nothing else on a visitor's device. */
const LINKED = new Set(["http", "https", "mailto", "tel"]);
markdown.validateLink = (address) => {
  const [, scheme] = SCHEME.exec(address) ?? [];
  return scheme === undefined || LINKED.has(scheme.toLowerCase());
};

/** A page has its own first heading. A writer's are one below another without a gap, whichever levels were written: readers go by them. */
markdown.core.ruler.push("headings", ({ tokens }) => {
  const above: string[] = [];
  for (const token of tokens) {
    if (token.type !== "heading_open" && token.type !== "heading_close") continue;
    if (token.type === "heading_open") {
      // Tags compare as their levels do.
      while ((above.at(-1) ?? "") >= token.tag) above.pop();
      above.push(token.tag);
    }
    token.tag = `h${Math.min(above.length + 1, 6)}`;
  }
});

/**
 * As HTML: of the tags that are written in the story none is left, and every link leads to a page, a mail or a telephone. What is longer
 * than any story may be is cut: it comes here before it is refused, and rendering takes minutes where somebody means it to. A character
 * has one or two units.
 */
export function renderStory(story: string, longest = LONGEST.story): string {
  return markdown.render(story.slice(0, 2 * longest));
}
