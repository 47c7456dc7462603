import type { Response } from 'express'
import { isDeeplyNested } from './nesting.ts'

/** A longer answer isn't indented, in characters. */
const maxIndented = 16_384

/**
 * For a person who reads the answer of curl in a terminal it is indented; programs get it without spaces. Indentation grows with
 * the square of the depth, so what is long or deeply nested isn't indented.
 */
export const asText = (body: unknown, { req: request }: Response): string => {
  const text = JSON.stringify(body)
  const isForPerson = request.get('user-agent')?.startsWith('curl/') && text.length <= maxIndented
  return isForPerson && !isDeeplyNested(body) ? JSON.stringify(body, null, 2) : text
}
