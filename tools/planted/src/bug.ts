/**
 * A typical bug of such systems: the edits that introduce it, and the cheapest check that must detect it. The edits are made in
 * a copy of the code (copy.ts), so the product needs no switch for them. Each one breaks a guarantee (docs/guarantees.md) in a way
 * of its own: a wrong display, log or figure is left to the tests.
 */
export interface PlantedBug {
  /** It identifies the bug over time, so it is never reworded. */
  readonly name: string
  readonly edits: readonly Edit[]
  readonly check: Check
}

/** A test, and the failure that the bug causes. If the test fails in another way, the bug is not caught. */
export interface Check {
  /** `long` runs at the full size. */
  readonly project: 'unit' | 'int' | 'long'
  /** Relative to the root of the repository. */
  readonly file: string
  /** A part of the test's full name, as in 'suite > test'. */
  readonly test: string
  /** A part of the message of its failure. */
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
