/**
 * A bug that systems of this kind have had, as a change to our code, and the cheapest check that must notice it. It is applied
 * to a copy (copy.ts): the product has no switch for any of them.
 */
export interface PlantedBug {
  readonly name: string
  readonly edits: readonly Edit[]
  readonly check: Check
}

/** A test, and how it fails because of the bug. A failure of another kind does not count as caught. */
export interface Check {
  readonly project: 'unit' | 'int'
  /** From the root of the repository. */
  readonly file: string
  /** A piece of the test's full name, as in 'suite > test'. */
  readonly test: string
  /** A piece of the message with which it fails. */
  readonly failure: string
}

export interface Edit {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })
