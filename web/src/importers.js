// The importers that the program knows.

export const MB = 1_000_000;

/** As `mbox2eml importers` lists them; the last one has no limits. `zip` is the largest ZIP in bytes. */
export const importers = [
  { name: 'zoho', zip: 450 << 20 },
  { name: 'eprotect', zip: 450 << 20 },
  { name: 'hornetsecurity', zip: 19_000 * MB },
  { name: 'exchange-online', zip: Infinity },
  { name: 'gmail', zip: Infinity },
  { name: 'fastmail', zip: Infinity },
  { name: '', zip: Infinity },
];
