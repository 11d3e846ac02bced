export const HELP = `npm run items -- <command>

Look
  list                      every item: what is left, price, limits, opening, closing, version, page
  show <id>                 everything about one item
  orders <id>               its orders, as their receipts name them; who bought is not known

Put up and change
  add <file>                puts new items up for sale
  change <file>             changes an item's words, price, limits, opening or closing
      A file is JSON: one item or a list of them, in UTF-8. - is standard input.
      It is applied as a whole or not at all. Applied again, it changes nothing more.

Stop and start
  pause <id>                stops selling at once; what is left and the orders so far stay as they are
  resume <id>               starts selling again
      An item that was published cannot be removed, since its orders stay. Archive it: change its status.

Stock
  restock <id> <units>      adds units to the current run
  correct <id> <count> --seen <version>
                            sets the quantity to what you counted. The version is the one that list shows
                            while you count: if anything is sold in between, nothing is changed.
  correct <id> +<units>     adds units that turned up
  correct <id> -<units>     takes away units that broke or got lost

  --key <key>               repeats an earlier restock or correction by the key it printed: it is done only once.
                            A command whose connection is lost repeats itself that way.
  --again                   confirms that you mean to add the same number of units once more

Examples
  npm run items -- add items.json
      [{ "id": "hawk-moth", "name": "Hawk Moth", "picture": "/items/moon-moth.svg", "pictureAlt": "A pink moth.",
         "price": { "amount": 900, "currency": "EUR" }, "quantity": 2 }]
      amount is in cents, or in the currency's smallest unit: 900 is €9.00. The picture is a file in public/.
      Optional: tagline, story, maxPerOrder (1), limitPerBuyer (no limit), opensAt (open now), closesAt (never),
      position (last),
      status ("published"; "draft": nobody sees it yet; by change also "archived": it has its page, and is sold no more),
      payment ("none"; "card": paid by card while it is held for the buyer, for holdSeconds (600)), ships (false).
  npm run items -- change changes.json
      [{ "id": "hawk-moth", "opensAt": "2027-01-31T18:00:00Z", "limitPerBuyer": 1 }]
  npm run items -- restock hawk-moth 5
  npm run items -- correct hawk-moth -1

The commands use the shop's own DATABASE_URL or DATA_DIR. With BASE_URL=https://shop.example they print whole addresses.
`;
