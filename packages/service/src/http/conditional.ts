/**
 * Conditional requests (RFC 9110, section 13): a client that polls gets a response only if it differs from the one that it has, and a
 * change is made only to the state that its client has seen.
 */
import { hash } from 'node:crypto'
import type { Request } from 'express'
import { z } from 'zod'
import { headerName } from './header-name.ts'
import { Problem } from './problem.ts'

/**
 * The ETag of JSON, with its quotes. It differs whenever the value differs, and does not depend on the white space that a client gets.
 * Strong in form, because If-Match compares strongly (RFC 9110, section 13.1.1). Nothing depends on the bytes: no route serves ranges.
 * @param compact the JSON without white space.
 */
export const etagOf = (compact: string): string => `"${hash('sha1', compact, 'base64url')}"`

/** Express's own check ignores the condition if the request has `Cache-Control: no-cache`, which `fetch` adds. */
export const has = (request: Request, etag: string): boolean => isAnyOf(etag, weak(request.get('if-none-match')))

/** Request headers of a route that changes something, and checks them by `requireConditions`. */
export const conditionHeaders = z.object({
  'if-match': z.string().optional().meta({
    description:
      'The `ETag` of the response to GET. If it is no longer the current one, nothing is changed, and the response is 412. `*`: only if there is such a resource.',
  }),
  'if-none-match': z.string().optional().meta({ description: '`*`: only if there is no such resource yet.' }),
})

/**
 * Call it where the state can no longer change, such as after the lock of a row.
 * @param current the resource as GET shows it now. Undefined if it does not exist.
 * @throws {Problem} 412
 */
export const requireConditions = (headers: z.output<typeof conditionHeaders>, current: unknown): void => {
  const etag = current === undefined ? undefined : etagOf(JSON.stringify(current))
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  if (match !== undefined && !isAnyOf(etag, tagsIn(match)))
    throw new Problem('precondition-failed', 'The resource is not the one in If-Match. Read it again.')
  if (noneMatch !== undefined && isAnyOf(etag, weak(noneMatch)))
    throw new Problem('precondition-failed', 'The resource that If-None-Match excludes exists.')
}

/** The part of a route that decides which conditions it checks. */
interface Changing {
  readonly method: string
  readonly headers?: z.ZodObject
}

/** @throws {Problem} 412 for a condition that the route does not check. Without it a change could overwrite another one. */
export const refuseUncheckedConditions = (request: Request, { method, headers }: Changing): void => {
  if (method === 'get') return
  for (const name of Object.keys(conditionHeaders.shape))
    if (request.get(name) !== undefined && !(headers && name in headers.shape))
      throw new Problem('precondition-failed', `This route does not support ${headerName(name)}. Leave it out.`)
}

const isAnyOf = (etag: string | undefined, tags: readonly string[]): boolean =>
  etag !== undefined && (tags.includes(etag) || tags.includes('*'))

const tagsIn = (header = ''): string[] => header.split(',').map((tag) => tag.trim())

/** The tags for a weak comparison (RFC 9110, section 8.8.3.2). */
const weak = (header: string | undefined): string[] => tagsIn(header).map((tag) => tag.replace(/^W\//, ''))
