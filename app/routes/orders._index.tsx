import type { MetaFunction } from "@remix-run/node";
import { Form, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { AnswerBox } from "#app/components/answer-box.tsx";
import { useWords } from "#app/components/document.tsx";
import { languageIn, titleIn, useShop } from "#app/components/shop.ts";
import { FOCUS_AT_ONCE, useFocusOnMistake } from "#app/components/use-focus.ts";
import { page } from "#app/http/page.server.ts";
import { answerForm, readPage } from "#app/pages/answer-page.server.ts";
import { askForOrders, type FindOrdersMessage, findOrdersPage } from "#app/pages/find-orders.server.ts";
import { type Words, wordsIn } from "#app/words/words.ts";

export const loader = page(({ params }) => readPage(findOrdersPage, params));

export const action = page(({ params }) => answerForm(askForOrders, params));

export const headers = ({ actionHeaders, loaderHeaders }: { actionHeaders: Headers; loaderHeaders: Headers }) =>
  actionHeaders.has("Retry-After") ? actionHeaders : loaderHeaders;

export const meta: MetaFunction = ({ matches }) => {
  const { title, intro } = wordsIn(languageIn(matches)).findOrder;
  return [{ title: titleIn(matches, title) }, { name: "description", content: intro }];
};

export default function FindOrders() {
  const { canMail } = useLoaderData<typeof loader>();
  const message = useActionData<typeof action>();
  const say = useWords().findOrder;
  return (
    <section className="mx-auto max-w-xl">
      <h1 className="font-display text-4xl font-semibold tracking-tight text-balance sm:text-5xl">{say.title}</h1>
      {message?.kind === "asked" && <Asked message={message} />}
      {canMail ? <AskForm message={message} /> : <NoMail />}
      <p className="mt-8 text-sm text-pretty text-quiet">{say.elsewhere}</p>
    </section>
  );
}

function AskForm({ message }: { message: FindOrdersMessage | undefined }) {
  const say = useWords().findOrder;
  const error = errorOf(message, say);
  const form = useFocusOnMistake(error !== undefined && message);
  const isBusy = useNavigation().formMethod === "POST";
  return (
    <>
      {message?.kind !== "asked" && <p className="mt-4 text-lg text-pretty text-quiet">{say.intro}</p>}
      <Form ref={form} method="post" action="/orders" noValidate preventScrollReset data-find-orders className="mt-6">
        <label htmlFor="email" className="mb-1 block font-medium">
          {say.email}
        </label>
        <input
          id="email"
          name="email"
          type="email"
          autoComplete="email"
          required
          defaultValue={message?.typed}
          className="field"
          aria-describedby="email-says"
          {...(message?.kind === "wrong" && { "aria-invalid": true, ...FOCUS_AT_ONCE })}
        />
        <p
          id="email-says"
          role={message?.kind === "too_often" ? "alert" : undefined}
          className="mt-1 text-sm font-medium text-bad"
          data-error={error && message?.kind}
        >
          {error}
        </p>
        <button className="button mt-4 w-full sm:w-fit" aria-disabled={isBusy || undefined}>
          {isBusy ? say.sending : say.send}
        </button>
      </Form>
    </>
  );
}

function errorOf(message: FindOrdersMessage | undefined, say: Words["findOrder"]): string | undefined {
  if (message?.kind === "wrong") return message.says;
  return message?.kind === "too_often" ? say.tooOften(message.minutes) : undefined;
}

/** The same whether or not there are orders. */
function Asked({ message }: { message: FindOrdersMessage }) {
  const { asked: say } = useWords().findOrder;
  return (
    <AnswerBox message={message} role="status" className="mt-6" title={say.title} text={say.text(message.typed)}>
      <p className="mt-3 text-sm text-pretty text-quiet">{say.next}</p>
    </AnswerBox>
  );
}

/** How else. */
function NoMail() {
  const say = useWords().findOrder;
  const { email } = useShop();
  return (
    <p className="mt-4 text-lg text-pretty text-quiet">
      {say.noMail}
      {email && (
        <>
          {" "}
          {say.writeTo}{" "}
          <a href={`mailto:${email}`} className="link">
            {email}
          </a>
        </>
      )}
    </p>
  );
}
