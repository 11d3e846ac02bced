import { useEffect, useState } from "react";
import { Story } from "#app/components/story.tsx";
import { words } from "#app/words/operator-items.ts";

const say = words.form;

interface Props {
  story: string;
  /** As the shop has rendered it, where no script does. */
  rendered: string | undefined;
}

/** The story as visitors will see it: as it is typed, or by a button that sends the form and saves nothing. */
export function StoryPreview({ story, rendered }: Props) {
  const [html, setHtml] = useState(rendered);
  const [isOpen, setOpen] = useState(rendered !== undefined);
  useEffect(() => {
    if (!isOpen) return;
    let isOver = false;
    // Only for who looks at it: it is as large as all else on the page.
    void import("#app/words/story.ts").then(({ renderStory }) => {
      if (!isOver) setHtml(renderStory(story));
    });
    return () => {
      isOver = true;
    };
  }, [isOpen, story]);
  return (
    <div>
      <noscript>
        <button name="preview" value="story" formNoValidate className="button-quiet">
          {say.preview}
        </button>
      </noscript>
      <details
        open={isOpen}
        onToggle={(event) => setOpen(event.currentTarget.open)}
        className={rendered === undefined ? "only-with-script" : ""}
        data-preview
      >
        <summary className="more">{say.preview}</summary>
        <div className="rounded-2xl border border-line p-4">
          {html === undefined || html === "" ? <p className="text-quiet">{say.noStory}</p> : <Story html={html} />}
        </div>
      </details>
    </div>
  );
}
