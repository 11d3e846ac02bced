import type { Item } from "#app/shop/item.ts";

interface Props {
  item: Pick<Item, "picture" | "pictureAlt">;
  /** Cut to fill its place, as one of many; otherwise all of it is shown. Either way it keeps its proportions. */
  cut?: boolean;
  soldOut?: boolean;
  className?: string;
}

/** An item's picture, of whatever proportions, in the place that `className` gives it. */
export function Picture({ item: { picture, pictureAlt }, cut = false, soldOut = false, className = "" }: Props) {
  return (
    <div className={`overflow-hidden rounded-2xl bg-line/45 ${className}`}>
      <img
        src={picture}
        alt={pictureAlt}
        width="800"
        height="800"
        className={`size-full transition-[scale,opacity,filter] duration-500 group-hover:scale-[1.02] motion-reduce:transition-none ${cut ? "object-cover" : "object-contain"} ${soldOut ? "opacity-55 grayscale-50" : ""}`}
      />
    </div>
  );
}
