import { PlainField } from "./plain-field.tsx";

interface Props {
  /** Its name in the form, too. */
  id: string;
  label: string;
  hint: string;
  error: string | undefined;
}

/** Where a picture is chosen. */
export function PictureFile({ id, label, hint, error }: Props) {
  return (
    <PlainField id={id} label={label} hint={hint} error={error}>
      {(described) => (
        <input
          type="file"
          name={id}
          accept="image/png,image/jpeg,image/webp,image/avif"
          required
          className="field"
          {...described}
        />
      )}
    </PlainField>
  );
}
