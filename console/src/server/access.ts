/** Which requests the console accepts. */
import type { IncomingMessage } from 'node:http'
import { createTrustCheck } from '@quadrille/service/plain-server'
import type { ProblemDetails } from './problem.ts'

/**
 * A request that changes something must have this header. A form or a plain link of another site can't send it, and a script of
 * another site would first have to ask (CORS), which the console never answers.
 */
const writeHeader = 'x-quadrille-console'

const isRead = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD'

/**
 * The reason to refuse a request, before it has any effect. Undefined for one of the console's own page, or of a program on this
 * machine. The checks of hosts (DNS rebinding) and of origins are those of the services.
 */
export const createAccessCheck = (allowedHosts: readonly string[]) => {
  const checkTrust = createTrustCheck({ allowedHosts, anyAddress: false })
  return (request: IncomingMessage): ProblemDetails | undefined => {
    const distrusted = checkTrust(request)
    if (distrusted) return { status: distrusted.status, detail: distrusted.message }
    if (isRead(request.method) || request.headers[writeHeader] !== undefined) return undefined
    return { status: 403, detail: `A request that changes something needs the header ${writeHeader}.` }
  }
}
