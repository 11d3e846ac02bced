import { data, type HeadersFunction, type MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { ActLine } from "#app/components/operator/act-line.tsx";
import { Heading } from "#app/components/operator/heading.tsx";
import { page } from "#app/http/page.server.ts";
import { actsPage } from "#app/pages/operator/acts.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { words } from "#app/words/operator.ts";

export const loader = page(async () => data(await actsPage(), { headers: NOT_KEPT }));

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export const meta: MetaFunction = () => [{ title: words.acts.title }];

export default function Acts() {
  const { acts, older } = useLoaderData<typeof loader>();
  return (
    <>
      <Heading
        beside={
          <a href="/operator/acts.csv" className="button-quiet" download>
            {words.acts.csv}
          </a>
        }
      >
        {words.acts.title}
      </Heading>
      {acts.length === 0 && <p className="text-quiet">{words.acts.none}</p>}
      <ol className="divide-y divide-line border-y border-line">
        {acts.map((act) => (
          <ActLine key={act.id} act={act} />
        ))}
      </ol>
      {older !== undefined && (
        <Link to={`?before=${older}`} className="button-quiet mt-5">
          {words.acts.older}
        </Link>
      )}
    </>
  );
}
