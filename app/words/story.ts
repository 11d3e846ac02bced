/** A story as its writer meant it: Markdown, in which plain text is what it always was, line by line. */
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({ html: false, breaks: true, linkify: false, typographer: false })
  // Pictures have their own place, with their texts. The others make something of what is meant as it stands: lines that are indented or
  // underlined, &c. and <this>.
  .disable(["image", "code", "lheading", "reference", "entity", "autolink", "table"]);

/** A page has its own first heading. */
const HEADINGS = new Map([1, 2, 3, 4, 5].map((level) => [`h${level}`, `h${level + 1}`]));
markdown.core.ruler.push("headings", ({ tokens }) => {
  for (const token of tokens) token.tag = HEADINGS.get(token.tag) ?? token.tag;
});

/** As HTML: of what is written in the story none is left, and every link leads to a page, a mail or a telephone. */
export function renderStory(story: string): string {
  return markdown.render(story);
}
