import type { MetaFunction } from "@remix-run/node";
import { Form, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { page } from "#app/http/page.server.ts";
import { answerSignIn, type SignInMessage, signInPage } from "#app/pages/operator/sign-in.server.ts";
import { words } from "#app/words/operator.ts";
import { useFocusOnMistake } from "#app/components/use-focus.ts";
import { Refused } from "#app/components/operator/told.tsx";

export const loader = page(signInPage);

export const action = page(answerSignIn);

export const headers = ({ actionHeaders, loaderHeaders }: { actionHeaders: Headers; loaderHeaders: Headers }) =>
  actionHeaders.has("Cache-Control") ? actionHeaders : loaderHeaders;

export const meta: MetaFunction = () => [{ title: words.signIn.title }, { name: "robots", content: "noindex" }];

export default function SignIn() {
  const { to, isSet } = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  const form = useFocusOnMistake(message);
  const isBusy = useNavigation().state !== "idle";
  return (
    <section className="mx-auto max-w-md">
      <h1 className="font-display text-3xl font-semibold tracking-tight sm:text-4xl">{words.signIn.title}</h1>
      {message && (
        <Refused id="refused" message={message.kind} className="mt-6">
          {wordingOf(message)}
        </Refused>
      )}
      {isSet ? (
        <Form ref={form} method="post" data-sign-in className="mt-6 space-y-5">
          <input type="hidden" name="to" value={to} />
          <label className="block">
            <span className="mb-1 block font-medium">{words.signIn.password}</span>
            <input
              name="password"
              type="password"
              required
              autoComplete="current-password"
              aria-describedby={message && "refused"}
              aria-invalid={message?.kind === "wrong" || undefined}
              className="field"
            />
          </label>
          <label className="block">
            <span className="mb-1 block font-medium">{words.signIn.who}</span>
            <input name="who" maxLength={60} autoComplete="name" className="field" aria-describedby="who-hint" />
            <span id="who-hint" className="mt-1 block text-sm text-quiet">
              {words.signIn.whoHint}
            </span>
          </label>
          <button className="button w-full" disabled={isBusy}>
            {words.signIn.button}
          </button>
        </Form>
      ) : (
        <p className="mt-6 text-lg">{words.signIn.notSet}</p>
      )}
    </section>
  );
}

function wordingOf(message: SignInMessage): string {
  if (message.kind === "wait") return words.signIn.wait(message.seconds);
  return message.kind === "wrong" ? words.signIn.wrong : words.signIn.notSet;
}
