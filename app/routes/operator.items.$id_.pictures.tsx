import { data, type MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { Heading } from "#app/components/operator/heading.tsx";
import { PictureForms, UploadForm } from "#app/components/operator/picture-forms.tsx";
import { page } from "#app/http/page.server.ts";
import { answerPictures, picturesPage } from "#app/pages/operator/pictures.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator-pictures.ts";
import { Done } from "#app/components/operator/told.tsx";

export const loader = page(async ({ params }) => data(await picturesPage(params.id), { headers: NOT_KEPT }));

export const action = page(({ params }) => answerPictures(params.id));

// After a refusal, too: it says that there is something else now than this page shows.
export const shouldRevalidate = () => true;

export const headers = () => NOT_KEPT;

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: page ? words.title(page.item.name) : words.link },
];

export default function Pictures() {
  const { item, pictures, done } = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  return (
    <div className="max-w-2xl">
      <Heading
        beside={
          <Link to={`/operator/items/${item.id}`} className="button-quiet">
            {words.back}
          </Link>
        }
      >
        {words.title(item.name)}
      </Heading>
      {done && !message && <Done message="saved">{words.done}</Done>}
      <PictureForms pictures={pictures} message={message} />
      <UploadForm key={pictures.length} message={message?.path === undefined ? message : undefined} />
    </div>
  );
}
