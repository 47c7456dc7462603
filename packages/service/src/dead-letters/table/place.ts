/** The place of a failure in the code, in short form. Equal failures have the same place. */
import { fileURLToPath } from 'node:url'
import type { DeadLetter } from '@quadrille/messaging'
import { storableText } from '@quadrille/postgres'
import { framesOf } from '../../errors/frames.ts'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

/**
 * The first frame of the stack that belongs to neither Node nor a dependency: function, file and line. Null without such a
 * frame.
 */
export const placeOf = ({ stack, error }: Pick<DeadLetter, 'stack' | 'error'>): string | null => {
  const frame = stack === null ? undefined : framesOf(stack, error).find((line) => !/node:|node_modules/.test(line))
  if (frame === undefined) return null
  return storableText(
    frame
      .replace(/^\s+at (async )?/, '')
      .replace('file://', '')
      .replace(root, '')
      .replace(/:\d+(\)?)$/, '$1'),
  )
}
