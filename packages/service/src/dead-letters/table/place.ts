/** Where in the code a failure happened, in short, so that equal failures have the same. */
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

/** The first frame of a stack that is neither Node's nor a dependency's: function, file and line. Null where there is none. */
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
