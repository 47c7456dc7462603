/** Problem details for HTTP APIs (RFC 9457). */
import { z } from 'zod'
import { type ProblemKind, problemKinds, problemType } from './problem-kinds.ts'

export interface FieldError {
  /** JSON Pointer (RFC 6901) to the field of the body; for a parameter or header, a pointer with its name. */
  readonly pointer: string
  readonly detail: string
}

/** Thrown by a handler to answer with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly errors: readonly FieldError[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    kind: ProblemKind,
    detail: string,
    extra: { errors?: readonly FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.kind = kind
    this.errors = extra.errors ?? []
    this.headers = extra.headers ?? {}
  }

  get status(): number {
    return problemKinds[this.kind].status
  }

  toJSON() {
    return this.below('')
  }

  /** The document of a problem at a service whose paths begin with `basePath`. */
  below(basePath: string) {
    return {
      type: basePath + problemType(this.kind),
      title: problemKinds[this.kind].title,
      status: this.status,
      detail: shortened(this.message, maxTextLength),
      ...(this.errors.length > 0 && { errors: shortenedAll(this.errors) }),
    }
  }
}

export const notFound = (what: string): Problem => new Problem('not-found', what)

/** Answered while a bound is reached or a server is away: the client may try again after `seconds`. */
export const unavailable = (detail: string, seconds = 1): Problem =>
  new Problem('unavailable', detail, { headers: { 'retry-after': String(seconds) } })

const fieldErrorSchema = z
  .object({
    pointer: z.string().meta({ description: 'JSON Pointer (RFC 6901) to the field, parameter or header.' }),
    detail: z.string().meta({ description: 'What is wrong with it.' }),
  })
  .meta({ title: 'FieldError', description: 'One field that was rejected.' })

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'The kind of problem. It links to a page that describes it.' }),
    title: z.string().meta({ description: 'The kind of problem in words.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What was wrong with this request.' }),
    errors: z.array(fieldErrorSchema).optional().meta({ description: 'The fields that were rejected, 100 at most.' }),
  })
  .meta({ title: 'Problem', description: 'Problem details for HTTP APIs (RFC 9457).' })

/** How many errors one answer lists at most. */
const maxErrors = 100
/** A text of a problem has so many characters at most, each of which takes 6 bytes as JSON at most. */
const maxTextLength = 1_000
const maxErrorTextLength = 500
/** All errors of a problem together. A problem document as a whole is 64 kB at most, whatever the client sent. */
const maxErrorBytes = 48_000

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/** The first errors, as many as there is room for. */
const shortenedAll = (errors: readonly FieldError[]): FieldError[] => {
  const shown = errors.slice(0, maxErrors).map(({ pointer, detail }) => ({
    pointer: shortened(pointer, maxErrorTextLength),
    detail: shortened(detail, maxErrorTextLength),
  }))
  let bytes = 0
  return shown.filter((error) => {
    bytes += Buffer.byteLength(JSON.stringify(error))
    return bytes <= maxErrorBytes
  })
}

/** The place in a JSON value as a pointer. */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** What is wrong with a field, in the words of a sentence that begins with the field. */
const detailOf = (issue: z.core.$ZodIssue): string => {
  if (!/^(Invalid input|Too small|Too big): /.test(issue.message)) return issue.message // the schema's own words
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is required' : `must be ${named(issue.expected)}`
    case 'too_small':
      if (issue.origin === 'array') return `must have at least ${counted(issue.minimum, 'item')}`
      return issue.origin === 'string'
        ? `must have at least ${counted(issue.minimum, 'character')}`
        : `must be at least ${issue.minimum}`
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${counted(issue.maximum, 'item')}`
      return issue.origin === 'string'
        ? `must have at most ${counted(issue.maximum, 'character')}`
        : `must be at most ${issue.maximum}`
    default:
      return issue.message
  }
}

const named = (type: string): string => {
  if (type === 'int') return 'a whole number'
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`
}

const counted = (count: number | bigint, what: string): string => `${count} ${what}${Number(count) === 1 ? '' : 's'}`

/** The errors of a schema as fields. */
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
