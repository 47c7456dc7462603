import type { Response } from 'express'
import { isDeeplyNested } from './nesting.ts'

/** Longer responses are not indented, characters. */
const maxIndented = 16_384

/**
 * Formats a response as JSON. It is indented for curl, whose output people read. Indentation grows with the square of
 * the depth, so long or deeply nested values are not indented.
 */
export const formatJson = (body: unknown, { req: request }: Response, text = JSON.stringify(body)): string => {
  const isForPerson = request.get('user-agent')?.startsWith('curl/') && text.length <= maxIndented
  return isForPerson && !isDeeplyNested(body) ? JSON.stringify(body, null, 2) : text
}
