import { data, type MetaFunction } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { useAnew } from "#app/components/operator/anew.ts";
import { Heading } from "#app/components/operator/heading.tsx";
import { LogoForm } from "#app/components/operator/logo-form.tsx";
import { SettingsForm } from "#app/components/operator/settings-form.tsx";
import { useMoment } from "#app/components/operator/shop-zone.ts";
import { page } from "#app/http/page.server.ts";
import { NOT_KEPT } from "#app/pages/operator/session.server.ts";
import { answerSettings, settingsPage } from "#app/pages/operator/settings.server.ts";
import { words as operator } from "#app/words/operator.ts";
import { words } from "#app/words/operator-settings.ts";
import { Done } from "#app/components/operator/told.tsx";

export const loader = page(async () => data(await settingsPage(), { headers: NOT_KEPT }));

export const action = page(answerSettings);

export const headers = () => NOT_KEPT;

export const meta: MetaFunction = () => [{ title: words.title }];

export default function Settings() {
  const { sessions, saved, logo, ...shop } = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  const moment = useMoment();
  const anew = useAnew(saved === "settings" && !message);
  return (
    <div className="max-w-2xl">
      <Heading>{words.title}</Heading>
      {saved && !message && <Done message="saved">{words.saved}</Done>}
      <SettingsForm
        key={anew}
        {...shop}
        hasNewLogo={saved === "logo" && !message}
        message={message?.kind === "settings" ? message : undefined}
      />
      <LogoForm
        key={logo?.name}
        logo={logo}
        name={shop.settings.name}
        message={message?.kind === "logo" ? message : undefined}
      />
      <section aria-labelledby="sessions" className="mt-12">
        <h2 id="sessions" className="mb-3 font-display text-2xl font-semibold tracking-tight">
          {operator.sessions.title}
        </h2>
        <ul className="divide-y divide-line border-y border-line">
          {sessions.map(({ id, who, browser, beganAt, seenAt, isHere }) => (
            <li
              key={id}
              className="flex items-center justify-between gap-4 py-3"
              data-session={isHere ? "here" : "other"}
            >
              <div className="min-w-0">
                <p className="font-medium">
                  <span translate="no">{who}</span>
                  {isHere && <span className="font-normal text-quiet"> · {operator.sessions.here}</span>}
                </p>
                <p className="text-sm text-quiet">{operator.sessions.since(moment(beganAt), moment(seenAt))}</p>
                <p className="truncate text-sm text-quiet" translate="no">
                  {browser}
                </p>
              </div>
              <Form method="post" className="shrink-0">
                <button name="session" value={id} className="button-quiet">
                  {operator.sessions.end}
                  <span className="sr-only">: {who}</span>
                </button>
              </Form>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
