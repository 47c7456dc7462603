/** The place of a failure in the code, in short form. Equal failures have the same place. */
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

/**
 * The first frame of a stack that belongs to neither Node nor a dependency: function, file and line. Null without such a
 * frame.
 */
export const placeOf = (stack: string): string | null => {
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && !/node:|node_modules/.test(line))
  return (
    frame
      ?.replace(/^\s+at (async )?/, '')
      .replace('file://', '')
      .replace(root, '')
      .replace(/:\d+(\)?)$/, '$1') ?? null
  )
}
