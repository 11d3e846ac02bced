/** A story, from the HTML that `renderStory` has made of it: of what its writer typed there is no tag in it. */
export function Story({ html, className = "" }: { html: string; className?: string }) {
  return (
    <div
      dir="auto"
      className={`story max-w-prose text-lg leading-relaxed text-pretty ${className}`}
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
