import { type Pictured, picturesOf } from "#app/shop/pictures.ts";
import { useWords } from "./document.tsx";
import { OnePicture } from "./picture.tsx";

interface Props {
  item: Pictured;
  isOver: boolean;
  className: string;
  /** The place of one of them. */
  each: string;
}

const SIZES = "(min-width: 64rem) 36rem, (min-width: 40rem) 50vw, 100vw";

/** All of an item's pictures: of several, the next one looks in from the side, and one swipes, scrolls or goes there by keyboard. */
export function Pictures({ item, isOver, className, each }: Props) {
  const words = useWords();
  const pictures = picturesOf(item);
  const [first] = pictures;
  if (!first) return null;
  if (pictures.length === 1)
    return <OnePicture picture={first} first isOver={isOver} sizes={SIZES} className={`${className} ${each}`} />;
  return (
    <div
      role="region"
      aria-label={words.pictures(pictures.length)}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
      tabIndex={0}
      className={`${className} -mx-5 snap-x snap-mandatory scroll-px-5 overflow-x-auto px-5 sm:mx-0 sm:scroll-px-0 sm:px-0`}
    >
      <ul className="flex gap-3">
        {pictures.map((picture, index) => (
          <li key={picture.path} className="w-[92%] shrink-0 snap-start">
            <OnePicture
              picture={picture}
              first={index === 0}
              isOver={isOver}
              sizes={SIZES}
              className={`w-full ${each}`}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
