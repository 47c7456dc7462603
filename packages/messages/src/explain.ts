/** Describes the errors of a schema: the first three fields by JSON pointer (RFC 6901), each with its violated rule. */
import type { z } from 'zod'

const maxIssues = 3
const maxLength = 500

/** At most 500 characters, because a pointer may contain a key that the sender chose. It contains no values. */
export const explain = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, maxIssues)
    .map(({ path, message }) => `${pointer(path)} ${message}`)
    .join('; ')
    .slice(0, maxLength)

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || '(root)'
