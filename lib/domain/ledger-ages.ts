/** Ages of results, by the days since the UTC day on which they were made. */
export const ledgerAges = [
  { name: "today", days: 1 },
  { name: "1 to 6 days", days: 7 },
  { name: "7 to 29 days", days: 30 },
  { name: "30 to 89 days", days: 90 },
  { name: "90 days or more", days: Number.POSITIVE_INFINITY },
] as const;
