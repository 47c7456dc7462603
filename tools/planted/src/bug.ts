/**
 * A typical bug of such systems: the edits that introduce it, and the cheapest check that must detect it. The edits are made in
 * a copy of the code (copy.ts), so the product needs no switch for them. Each one breaks a guarantee (docs/guarantees.md) in a way
 * of its own: a wrong display, log or figure is left to the tests.
 */
export interface PlantedBug extends Check {
  /** It identifies the bug over time, so it is never reworded. */
  readonly name: string
  readonly edits: readonly Edit[]
}

/** A test, and the failure that the bug causes. If the test fails in another way, the bug is not caught. */
export interface Check {
  /** The file of the test, relative to the root of the repository. */
  readonly file: string
  /** A part of the test's full name, as in 'suite > test'. */
  readonly test: string
  /** A part of the message of its failure, which no other failure of the test has. */
  readonly failure: string
  /** Runs the test at its full size. At its usual size it takes samples, which do not always include the bug's effect. */
  readonly fullSize?: true
}

export interface Edit {
  readonly file: string
  /** Occurs in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })
