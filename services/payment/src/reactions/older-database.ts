/** The error of a message that this database is too old for. */
export const olderDatabase = (problem: string): Error =>
  new Error(`${problem} Payment's database may be older than the others: run npm run reconcile.`)
