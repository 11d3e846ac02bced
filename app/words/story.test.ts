import { expect, test } from "vitest";
import { LONGEST } from "#app/shop/item-form.ts";
import { renderStory } from "./story.ts";

test("plain text stays what it is, paragraph by paragraph and line by line", () => {
  expect(renderStory("Two hundred and six cuts, no glue.\n\nOpen it slowly:\nthe arch comes last.")).toBe(
    "<p>Two hundred and six cuts, no glue.</p>\n<p>Open it slowly:<br>\nthe arch comes last.</p>\n",
  );
  expect(renderStory("    indented, 5 < 6 & 7 > 4, &c. &copy; <this>")).toBe(
    "<p>indented, 5 &lt; 6 &amp; 7 &gt; 4, &amp;c. &amp;copy; &lt;this&gt;</p>\n",
  );
  expect(renderStory("A line\n---")).toBe("<p>A line</p>\n<hr>\n");
});

test.each(["https://example.org/a:b", "/items/moth", "?a=b:c", "#changes", "mailto:ann@example.org", "TEL:+49301"])(
  "%s is linked to",
  (address) => {
    expect(renderStory(`[it](${address})`)).toBe(`<p><a href="${address}">it</a></p>\n`);
  },
);

test.each(["[", "![", "*a ", "_a ", "**a_b", "> ", "- ", "`a", "[a](", "\\", "~~a"])(
  "of a text of nothing but %j no more is rendered than any story may have",
  (part) => {
    const text = part.repeat(1_000_000 / part.length);
    // All that was sent would take minutes.
    expect(renderStory(text)).toBe(renderStory(text.slice(0, 2 * LONGEST.story)));
  },
);

test("what is meant is shown", () => {
  expect(renderStory("# Made *by hand*\n\n- **one**\n- [two](https://example.org)")).toBe(
    '<h2>Made <em>by hand</em></h2>\n<ul>\n<li><strong>one</strong></li>\n<li><a href="https://example.org">two</a></li>\n</ul>\n',
  );
});

test.each([
  ["# a\n## b\n# c", "h2 h3 h2"],
  ["## a\n#### b\n### c\n## d", "h2 h3 h3 h2"],
  ["### a\n# b\n###### c", "h2 h2 h3"],
  ["# a\n## b\n### c\n#### d\n##### e\n###### f", "h2 h3 h4 h5 h6 h6"],
])("the headings of %j are below the page's own, and none is left out", (story, tags) => {
  const html = renderStory(story);
  expect([...html.matchAll(/<(h\d)>/g)].map(([, tag]) => tag).join(" ")).toBe(tags);
  expect([...html.matchAll(/<\/(h\d)>/g)].map(([, tag]) => tag).join(" ")).toBe(tags);
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "![a picture](https://elsewhere.example/x.png)",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt:alert(1))",
  "[click](data:text/html,<script>alert(1)</script>)",
  "[click](vbscript:x)",
  '[click](https://example.org" onmouseover="alert(1))',
  '<https://example.org/"onclick=alert(1)>',
  "```<script>\n</script>\n```",
  "[click](data:image/png;base64,AAAA)",
  "[click](intent://x#Intent;scheme=x;end)",
  "[click](file:///etc/passwd)",
  "[click](web+shop:x)",
  "[click](java&#x0a;script:alert(1))",
  "[click](\\javascript:alert(1))",
])("%s runs nothing and shows nothing of elsewhere", (story) => {
  expect(renderStory(story)).not.toMatch(/<(script|img|iframe)|<[^>]+\son\w+=|href="(?!https:|\/|mailto:|tel:)/i);
});
