import { Form, useNavigation } from "@remix-run/react";
import { OnePicture } from "#app/components/picture.tsx";
import type { PicturesMessage } from "#app/pages/operator/pictures.server.ts";
import type { ItemPicture } from "#app/shop/pictures.ts";
import { words } from "#app/words/operator-pictures.ts";
import { useFocusOnMistake } from "#app/components/use-focus.ts";
import { PictureFile } from "./picture-file.tsx";
import { PlainField } from "./plain-field.tsx";
import { Refused } from "./told.tsx";

/** `key`: of whoever uses it, so that a form that was sent is empty again. */
export function UploadForm({ message }: { message: PicturesMessage | undefined }) {
  const form = useFocusOnMistake(message);
  const isBusy = useNavigation().formEncType === "multipart/form-data";
  return (
    <section aria-labelledby="add" className="mt-10">
      <h2 id="add" className="font-display text-2xl font-semibold tracking-tight">
        {words.add}
      </h2>
      <Form ref={form} method="post" encType="multipart/form-data" data-upload className="mt-4 grid gap-y-5" noValidate>
        {message?.says && <Refused>{message.says}</Refused>}
        <PictureFile id="picture" label={words.file} hint={words.fileHint} error={message?.file} />
        <PlainField id="alt" label={words.alt} hint={words.altHint} error={message?.alt}>
          {(described) => (
            <input
              name="alt"
              required
              autoComplete="off"
              defaultValue={message?.entered}
              className="field"
              {...described}
            />
          )}
        </PlainField>
        <button className="button w-full sm:w-fit" disabled={isBusy}>
          {isBusy ? words.uploading : words.upload}
        </button>
      </Form>
    </section>
  );
}

/** What an item has, each with its own form: its text, its place, and away with it. */
export function PictureForms({ pictures, message }: { pictures: ItemPicture[]; message: PicturesMessage | undefined }) {
  const [wrong, form] = [message?.path, useFocusOnMistake(message)];
  return (
    <ol className="divide-y divide-line border-y border-line">
      {pictures.map((picture, index) => (
        <li key={picture.path} className="grid gap-4 py-5 sm:grid-cols-[10rem_1fr]" data-picture={picture.path}>
          <OnePicture picture={{ ...picture, alt: "" }} sizes="10rem" className="aspect-square w-40" />
          <Form
            ref={picture.path === wrong ? form : undefined}
            method="post"
            className="grid content-start gap-y-3"
            noValidate
          >
            <p className="text-sm text-quiet">
              {words.position(index + 1, pictures.length)}
              {!picture.made && <> · {words.asItIs}</>}
            </p>
            {picture.path === wrong && message?.says && <Refused>{message.says}</Refused>}
            <input type="hidden" name="path" value={picture.path} />
            <input type="hidden" name="above" value={pictures[index - 1]?.path ?? ""} />
            <PlainField id={`alt-${index}`} label={words.alt} error={picture.path === wrong ? message?.alt : undefined}>
              {(described) => (
                <input
                  name="alt"
                  autoComplete="off"
                  defaultValue={picture.path === wrong ? message?.entered : picture.alt}
                  className="field"
                  {...described}
                />
              )}
            </PlainField>
            <div className="flex flex-wrap gap-2">
              <Act name="describe" label={words.save} alt={picture.alt} />
              {index > 0 && <Act name="up" label={words.up} alt={picture.alt} />}
              {pictures.length > 1 && <Act name="remove" label={words.remove} alt={picture.alt} />}
            </div>
          </Form>
        </li>
      ))}
    </ol>
  );
}

/** `alt`: which one it is about, for whoever hears the buttons one by one. */
function Act({ name, label, alt }: { name: string; label: string; alt: string }) {
  return (
    <button name="act" value={name} className="button-quiet">
      {label}
      <span className="sr-only">{words.of(alt)}</span>
    </button>
  );
}
