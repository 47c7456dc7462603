/**
 * A bug that systems of this kind have had, as a change to our code, and the cheapest check that must notice it. It is applied
 * to a copy (planted.ts): the product has no switch for any of them.
 */
export interface PlantedBug {
  readonly name: string
  readonly edits: readonly Edit[]
  /** What vitest is told: a project, a file, and the name of a test. */
  readonly check: { readonly project: 'unit' | 'int' | 'e2e'; readonly file: string; readonly test?: string }
}

export interface Edit {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })
