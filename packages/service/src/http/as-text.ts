import type { Response } from 'express'
import { isDeeplyNested } from './nesting.ts'

/** A longer answer is not indented, in characters. */
const maxIndented = 16_384

/**
 * Indents the JSON for people, who read curl's answer in a terminal. Programs get it without spaces. Indentation grows
 * with the square of the depth, so long or deeply nested values are not indented.
 */
export const asText = (body: unknown, { req: request }: Response): string => {
  const text = JSON.stringify(body)
  const isForPerson = request.get('user-agent')?.startsWith('curl/') && text.length <= maxIndented
  return isForPerson && !isDeeplyNested(body) ? JSON.stringify(body, null, 2) : text
}
