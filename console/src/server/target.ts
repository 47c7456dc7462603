import type { IncomingMessage } from 'node:http'

export interface Target {
  readonly pathname: string
  /** With the question mark. Empty if there is no query. */
  readonly search: string
}

/** The parts of a request's target. It is a path, because the check of trust refuses others. Nothing is decoded or normalized. */
export const targetOf = ({ url = '/' }: IncomingMessage): Target => {
  const [pathname = '/'] = url.split('?', 1)
  return { pathname, search: url.slice(pathname.length) }
}
