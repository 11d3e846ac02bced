/**
 * Characters that nobody sees and that make a text look like another one: control characters, and those that turn the
 * direction of what follows.
 */
export const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Nothing but spaces and characters of no width: it would stand on the page as an empty line. */
export const BLANK = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Those of them that turn the direction of what follows. A phone pastes them with a number, and nobody means them. */
export const TURNS = /[\u202a-\u202e\u2066-\u2069]/gu;
