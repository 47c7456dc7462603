/** A version of the product: a source tree with its dependencies installed. */
import { fileURLToPath } from 'node:url'

export interface Version {
  /** The root of its source tree. */
  readonly root: string
  /** The Node that runs it. */
  readonly node: string
}

/** The source tree that contains this benchmark. */
export const workingTree: Version = {
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  node: process.execPath,
}
