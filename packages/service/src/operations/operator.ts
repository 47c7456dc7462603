import { visibleText } from '@quadrille/messages'
import { z } from 'zod'

/**
 * A header can carry other characters than ASCII only in an encoded form (RFC 9110, section 5.5): percent-encoded UTF-8, as in a URL.
 * Text that is not encoded so stays as it is.
 */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const operatorName = z.string().overwrite(decoded).pipe(visibleText(100).min(1)).optional()

/** Request headers of an operation. Operators may give their name for the record. */
export const operatorHeaders = z.object({
  'x-operator': operatorName.meta({
    description:
      'The name of the operator, for the record: 1 to 100 characters, percent-encoded if it is not ASCII. Default: the address of the caller.',
  }),
})

/** Request headers of an operation that is recorded only for an operator, because programs make the same request by themselves. */
export const optionalOperatorHeaders = z.object({
  'x-operator': operatorName.meta({
    description:
      'The name of the operator who makes this request: 1 to 100 characters, percent-encoded if it is not ASCII. With it, the request is in the log of operations.',
  }),
})

interface Requester {
  readonly headers: { readonly 'x-operator'?: string | undefined }
  readonly remoteAddress: string
}

/** The name that the operator gave, or else the address of the caller. */
export const operatorOf = ({ headers, remoteAddress }: Requester): string =>
  headers['x-operator'] ?? (remoteAddress || 'unknown')
