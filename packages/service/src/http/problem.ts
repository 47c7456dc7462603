/** Problem details for HTTP APIs (RFC 9457). */
import { z } from 'zod'
import { type ProblemKind, problemKinds, problemType } from './problem-kinds.ts'

export interface FieldError {
  /** JSON Pointer (RFC 6901) to the field of the body; for a parameter or header, a pointer with its name. */
  readonly pointer: string
  readonly detail: string
}

/** Thrown by a handler to respond with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly errors: readonly FieldError[]
  readonly headers: Readonly<Record<string, string>>
  /** Further members of the document (RFC 9457, section 3.2). The caller limits their size. */
  readonly members: Readonly<Record<string, unknown>>

  constructor(
    kind: ProblemKind,
    detail: string,
    { errors = [], headers = {}, members = {} }: Partial<Pick<Problem, 'errors' | 'headers' | 'members'>> = {},
  ) {
    super(detail)
    this.kind = kind
    this.errors = errors
    this.headers = headers
    this.members = members
  }

  get status(): number {
    return problemKinds[this.kind].status
  }

  toJSON() {
    return this.toDocument('')
  }

  /** The JSON document of the problem. Clients reach the service under `basePath`. */
  toDocument(basePath: string) {
    return {
      ...this.members,
      type: basePath + problemType(this.kind),
      title: problemKinds[this.kind].title,
      status: this.status,
      detail: truncated(this.message, maxTextLength),
      ...(this.errors.length > 0 && { errors: truncatedErrors(this.errors) }),
    }
  }
}

export const notFound = (what: string): Problem => new Problem('not-found', what)

/** A problem for a limit or an unavailable server. The client may try again after `seconds`. */
export const unavailable = (detail: string, seconds = 1): Problem =>
  new Problem('unavailable', detail, { headers: { 'retry-after': String(seconds) } })

/** The answer to a request that would add to a full outbox. Created once, because thousands may get it per second. */
export const tooManyEvents = unavailable('Too many events are waiting for the broker; try again soon.', 5)

/** The answer to a request whose events would not be sent before a restart. */
export const refusedByBroker = unavailable('The broker refuses this instance until it is restarted.', 5)

const fieldErrorSchema = z
  .object({
    pointer: z.string().meta({ description: 'JSON Pointer (RFC 6901) to the field, parameter or header.' }),
    detail: z.string().meta({ description: 'The reason why the field was rejected.' }),
  })
  .meta({ title: 'FieldError', description: 'One field that was rejected.' })

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'The kind of problem. It links to a page that describes it.' }),
    title: z.string().meta({ description: 'A short description of the kind of problem.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'The reason why this request failed.' }),
    instance: z.string().optional().meta({
      description:
        'Identifies this occurrence of an internal error: the log of the service has it in the line of the error.',
    }),
    errors: z.array(fieldErrorSchema).optional().meta({ description: 'The fields that were rejected, 100 at most.' }),
  })
  .meta({ title: 'Problem', description: 'Problem details for HTTP APIs (RFC 9457).' })

const maxErrors = 100
/** The longest text in a problem, in characters. Each takes at most 6 bytes as JSON. */
const maxTextLength = 1_000
const maxErrorTextLength = 500
/** The maximum size of the errors of a problem. A problem document has at most 64 kB, for any request. */
const maxErrorBytes = 48_000

const truncated = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/** The first errors that fit into the limits. */
const truncatedErrors = (errors: readonly FieldError[]): FieldError[] => {
  const shown = errors.slice(0, maxErrors).map(({ pointer, detail }) => ({
    pointer: truncated(pointer, maxErrorTextLength),
    detail: truncated(detail, maxErrorTextLength),
  }))
  let bytes = 0
  return shown.filter((error) => {
    bytes += Buffer.byteLength(JSON.stringify(error))
    return bytes <= maxErrorBytes
  })
}

/** A path within a JSON value, as a JSON Pointer. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Describes the error of a field as a predicate: the field is the subject of the sentence. */
const detailOf = (issue: z.core.$ZodIssue): string => {
  if (!/^(Invalid|Too small|Too big)\b/.test(issue.message)) return issue.message // the schema's own message
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is required' : `must be ${named(issue.expected)}`
    case 'too_small':
      return `must ${sized(issue.origin, 'least', issue.minimum)}`
    case 'too_big':
      return `must ${sized(issue.origin, 'most', issue.maximum)}`
    case 'invalid_format':
      return issue.message.replace(/^Invalid string: /, '').replace(/^Invalid/, 'must be a valid')
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`
    case 'invalid_key': {
      const [ofName] = issue.issues
      return ofName ? `has an invalid name, which ${detailOf(ofName)}` : 'has an invalid name'
    }
    case 'invalid_union': {
      const ofField = issue.errors.flat().find(({ path }) => path.length === 0)
      return ofField ? detailOf(ofField) : 'is invalid'
    }
    default:
      return issue.message
  }
}

const named = (type: string): string => {
  if (type === 'int') return 'a whole number'
  if (type === 'record') return 'an object'
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`
}

const sized = (origin: string, bound: 'least' | 'most', count: number | bigint): string => {
  if (origin === 'array') return `have at ${bound} ${counted(count, 'item')}`
  return origin === 'string' ? `have at ${bound} ${counted(count, 'character')}` : `be at ${bound} ${count}`
}

const counted = (count: number | bigint, what: string): string => `${count} ${what}${Number(count) === 1 ? '' : 's'}`

/** Converts the errors of a schema to field errors. */
export const fieldErrors = (error: z.ZodError): FieldError[] =>
  error.issues
    .slice(0, maxErrors)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, maxErrors)
            .map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'is not a known field' }))
        : [{ pointer: pointerTo(issue.path), detail: detailOf(issue) }],
    )
    .slice(0, maxErrors)
