import { Form, useNavigation } from "@remix-run/react";
import { Logo } from "#app/components/logo.tsx";
import { useFocusOnMistake } from "#app/components/use-focus.ts";
import type { LogoMessage } from "#app/pages/operator/settings.server.ts";
import type { MadePicture } from "#app/shop/pictures.ts";
import { words } from "#app/words/operator-settings.ts";
import { PictureFile } from "./picture-file.tsx";

const say = words.logo;

interface Props {
  logo: MadePicture | undefined;
  /** Of the shop. */
  name: string;
  message: LogoMessage | undefined;
}

/** A form of its own: a file that is refused keeps nothing of the other settings back. */
export function LogoForm({ logo, name, message }: Props) {
  const form = useFocusOnMistake(message);
  const isBusy = useNavigation().formEncType === "multipart/form-data";
  return (
    <section aria-labelledby="logo-title" className="mt-12">
      <h2 id="logo-title" className="mb-3 font-display text-2xl font-semibold tracking-tight">
        {say.title}
      </h2>
      {logo && (
        <div className="mb-5 flex flex-wrap items-center gap-4">
          <Logo logo={logo} name={name} />
          <Form method="post">
            <button name="logo" value="remove" className="button-quiet">
              {say.remove}
            </button>
          </Form>
        </div>
      )}
      <Form ref={form} method="post" encType="multipart/form-data" data-logo-form className="grid gap-y-4" noValidate>
        <PictureFile id="logo" label={say.file} hint={say.hint} error={message?.file} />
        <button className="button w-full sm:w-fit" disabled={isBusy}>
          {isBusy ? say.uploading : say.upload}
        </button>
      </Form>
    </section>
  );
}
