/** The table of moves stands in code and in the database: here they are compared. */
import { expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { MOVES } from "#app/shop/moves.ts";

test("the database takes the moves that the code makes, and no others", async () => {
  const [constraint] = await db.$queryRaw<{ says: string }[]>`
    SELECT pg_get_constraintdef(oid) AS says FROM pg_constraint WHERE conname = 'movements_move_known'`;
  const moves = (constraint?.says ?? "").matchAll(
    /'(\w+)'::text, '(\w+)'::text, '(\w+)'::text\)|reason = '(\w+)'::text\) AND \(from_account = '(\w+)'::text\) AND \(to_account = '(\w+)'/g,
  );
  const found = Array.from(moves, (match) => match.slice(1).filter(Boolean));
  const inCode = Object.entries(MOVES).flatMap(([reason, ways]) => ways.map((way) => [reason, ...way]));
  expect(found.sort()).toEqual(inCode.sort());
});
