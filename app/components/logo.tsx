import { addressOf, type MadePicture, srcSetOf } from "#app/shop/pictures.ts";

/** Pixels: as high as a finger needs a link to be, and at most as wide as leaves room on a phone. */
const HEIGHT = 44;
const WIDEST = 240;

/** The shop's logo in the place of its name. Whatever its proportions, it keeps them. */
export function Logo({ logo, name }: { logo: MadePicture; name: string }) {
  const { width, height, widths } = logo;
  const sizes = `${Math.min(WIDEST, Math.ceil((HEIGHT * width) / height))}px`;
  return (
    <picture>
      <source type="image/avif" srcSet={srcSetOf(logo, "avif")} sizes={sizes} />
      {/* Most logos are drawn for light paper: where one sees through it, a dark page would swallow it. */}
      <img
        src={addressOf(logo, widths[0] ?? width, "webp")}
        srcSet={srcSetOf(logo, "webp")}
        sizes={sizes}
        alt={name}
        width={width}
        height={height}
        className="h-11 w-auto max-w-60 rounded-xs object-contain dark:bg-[#faf7f1]"
        data-logo
      />
    </picture>
  );
}
