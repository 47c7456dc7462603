/** Whether the commit of a result file says what was measured. `describeCommit` writes it. */

/** For a run that continues. @throws unless both are the same commit without changes, because changes may differ. */
export const requireSameCommit = (measured: string, present: string): void => {
  if (measured !== present) throw new Error(`The results were measured at ${measured}, but this is ${present}.`)
  if (present.endsWith('+')) throw new Error(`${present} has changes, which may differ from those that were measured.`)
}
