export const HELP = `npm run items -- <command>

Look
  list                    every item: what is left, price, limits, opening, version, page
  show <id>               all that is known of one item

Put up and change
  add <file>              puts new items up for sale
  change <file>           changes their words, price, limits or opening
  A file is JSON: one item, or a list of them. - is standard input. It is done whole or not at all.

Stock
  restock <id> <units>    adds units to the current run
  correct <id> <count>    makes the quantity what was counted

Examples
  npm run items -- add items.json
      [{ "id": "hawk-moth", "name": "Hawk Moth", "picture": "/items/moon-moth.svg", "pictureAlt": "A pink moth.",
         "price": { "amount": 900, "currency": "EUR" }, "quantity": 2 }]
      amount is in cents, or the currency's smallest unit: 900 is €9.00.
      Optional: tagline, story, maxPerOrder (1), limitPerBuyer (no limit), opensAt (open now), position (last).
  npm run items -- change changes.json
      [{ "id": "hawk-moth", "opensAt": "2027-01-31T18:00:00Z", "limitPerBuyer": 1 }]
  npm run items -- restock hawk-moth 5

The commands need the shop's own DATABASE_URL or DATA_DIR. Set BASE_URL to the shop's address to have whole addresses printed.
`;
