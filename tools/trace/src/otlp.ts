/** Parses an OTLP export of traces, and checks it against the protocol. */
import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'

export type Attributes = Readonly<Record<string, unknown>>

export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
}

export interface ReceivedSpan extends SpanContext {
  readonly resource: Attributes
  readonly scope: string
  /** Null for a root. */
  readonly parentSpanId: string | null
  readonly name: string
  readonly kind: string
  readonly attributes: Attributes
  readonly links: readonly SpanContext[]
  readonly failed: boolean
  /** Unix time. */
  readonly startMs: number
  readonly endMs: number
}

interface KeyValue {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface WireSpan {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly parentSpanId: Uint8Array
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: { toString(): string }
  readonly endTimeUnixNano: { toString(): string }
  readonly attributes: readonly KeyValue[]
  readonly links: readonly { readonly traceId: Uint8Array; readonly spanId: Uint8Array }[]
  readonly status: { readonly code: number } | null
  readonly droppedAttributesCount: number
  readonly droppedLinksCount: number
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly WireSpan[] }[]
  }[]
}

const request = protobuf
  .parse(readFileSync(new URL('trace.proto', import.meta.url), 'utf8'))
  .root.lookupType('ExportTraceServiceRequest')

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
/** STATUS_CODE_ERROR. */
const failed = 2

/** @throws {Error} for violations of the protocol and for unknown fields. */
export const readExport = (body: Uint8Array): ReceivedSpan[] => {
  const message = request.decode(body)
  if (request.encode(message).finish().length !== body.length)
    throw new Error('The export has fields that OTLP does not define.')
  const { resourceSpans } = message as unknown as ExportRequest
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({ resource: read(resource.attributes), scope: scope.name, ...readSpan(span) })),
    ),
  )
}

const readSpan = (span: WireSpan): Omit<ReceivedSpan, 'resource' | 'scope'> => {
  const kind = kinds[span.kind]
  if (!kind || kind === 'unspecified') throw new Error(`${span.name} has kind ${span.kind}.`)
  if (span.name === '') throw new Error('A span has no name.')
  if (msOf(span.startTimeUnixNano) > msOf(span.endTimeUnixNano)) throw new Error(`${span.name} ended before it began.`)
  if (span.droppedAttributesCount + span.droppedLinksCount > 0)
    throw new Error(`${span.name} has dropped attributes or links.`)
  return {
    ...spanContextOf(span),
    parentSpanId: span.parentSpanId.length > 0 ? idOf(span.parentSpanId, 8) : null,
    name: span.name,
    kind,
    attributes: read(span.attributes),
    links: span.links.map(spanContextOf),
    failed: span.status?.code === failed,
    startMs: msOf(span.startTimeUnixNano),
    endMs: msOf(span.endTimeUnixNano),
  }
}

const msOf = (nanoseconds: { toString(): string }): number => Number(BigInt(nanoseconds.toString()) / 1_000n) / 1_000

const spanContextOf = ({ traceId, spanId }: { traceId: Uint8Array; spanId: Uint8Array }): SpanContext => ({
  traceId: idOf(traceId, 16),
  spanId: idOf(spanId, 8),
})

/** @throws unless the id has this length and is not all zeros. */
const idOf = (id: Uint8Array, bytes: number): string => {
  const text = Buffer.from(id).toString('hex')
  if (id.length !== bytes || /^0+$/.test(text)) throw new Error(`${text} is not an id of ${bytes} bytes.`)
  return text
}

const read = (attributes: readonly KeyValue[]): Attributes => {
  const entries = attributes.map(({ key, value }) => [key, Object.values(value)[0]] as const)
  const named = Object.fromEntries(entries)
  if (Object.keys(named).length !== entries.length) throw new Error('Two attributes have the same key.')
  return named
}
