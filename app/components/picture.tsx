import { addressOf, type ItemPicture, type Pictured, picturesOf, srcSetOf } from "#app/shop/pictures.ts";

interface Place {
  /** How wide it is shown, as in an `img`: the browser takes the smallest file that is sharp there. */
  sizes: string;
  /** Cut to fill its place, as one of many; otherwise all of it is shown. Either way it keeps its proportions. */
  cut?: boolean;
  /** What it shows cannot be had any more. */
  isOver?: boolean;
  /** It is seen at once when the page is. */
  first?: boolean;
  className?: string;
}

/**
 * Which pictures come first over a slow line. The attribute is written as in HTML: React 18 doesn't know it otherwise.
 */
const AT_ONCE = { loading: "eager", fetchpriority: "high" } as const;
const WHEN_NEAR = { loading: "lazy" } as const;

/** An item's first picture, of whatever proportions, in the place that `className` gives it. */
export function Picture({ item, ...place }: Place & { item: Pictured }) {
  const [picture] = picturesOf(item);
  return picture && <OnePicture picture={picture} {...place} />;
}

export function OnePicture({
  picture: { path, alt, made },
  sizes,
  cut = false,
  isOver = false,
  first = false,
  className = "",
}: Place & { picture: ItemPicture }) {
  const order = first ? AT_ONCE : WHEN_NEAR;
  const fit = cut ? "object-cover" : "object-contain";
  const dim = isOver ? "opacity-55 grayscale-50" : "";
  const look = `absolute inset-0 size-full transition-[scale,opacity,filter] duration-500 group-hover:scale-[1.02] motion-reduce:transition-none ${fit} ${dim}`;
  return (
    <div className={`relative overflow-hidden rounded-2xl bg-line/45 ${className}`}>
      {made ? (
        <>
          {/* Until the picture is there. Its few pixels do not have quite the same proportions, and none may show beside it. */}
          {made.blurred && (
            <img src={made.blurred} alt="" className={`absolute inset-0 size-full scale-95 blur-sm ${fit} ${dim}`} />
          )}
          <picture>
            <source type="image/avif" srcSet={srcSetOf(made, "avif")} sizes={sizes} />
            <img
              src={addressOf(made, made.widths[0] ?? made.width, "webp")}
              srcSet={srcSetOf(made, "webp")}
              sizes={sizes}
              alt={alt}
              width={made.width}
              height={made.height}
              {...order}
              decoding="async"
              className={look}
            />
          </picture>
        </>
      ) : (
        <img src={path} alt={alt} width="800" height="800" {...order} className={look} />
      )}
    </div>
  );
}
