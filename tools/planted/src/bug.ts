/**
 * A typical bug of such systems, as a change of the code, and the cheapest check that must detect it. It is applied to a copy
 * (copy.ts), so the product needs no switch for it.
 */
export interface PlantedBug {
  readonly name: string
  readonly edits: readonly Edit[]
  readonly check: Check
}

/** A test, and its failure because of the bug. Another failure does not count as caught. */
export interface Check {
  readonly project: 'unit' | 'int'
  /** From the root of the repository. */
  readonly file: string
  /** A part of the test's full name, as in 'suite > test'. */
  readonly test: string
  /** A part of the message of its failure. */
  readonly failure: string
}

export interface Edit {
  readonly file: string
  /** Occurs in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })
