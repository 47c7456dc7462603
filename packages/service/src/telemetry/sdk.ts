/** The OpenTelemetry SDK for Node, with what of it a service uses. What isn't said here is for its own variables to say. */
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { onceASecond, within } from '@quadrille/async'
import { exporterTo } from './exporter.ts'
import { createLogger } from './log.ts'
import { isOperational } from './operational.ts'
import { samplerOf } from './sampler.ts'
import { statementName } from './statement-name.ts'
import { distrustful, linkToCaller } from './trace-context.ts'

export interface Telemetry {
  /** Sends what hasn't been sent yet. */
  stop(): Promise<void>
}

export interface SdkOptions {
  /** Whom to tell. */
  readonly endpoint: string
  /** Named in each span of this process. OTEL_SERVICE_NAME overrides it. */
  readonly service: string
  /** The share of new traces that are recorded, from 0 to 1. */
  readonly ratio: number
  /** Whether the traces of callers are continued. Otherwise a request begins a trace of its own, which links to the caller's. */
  readonly trustTraceparent: boolean
}

/** A batch links to each of its messages: BATCH_MAX at most. */
const mostLinks = 10_000

/** How long a stop waits for who takes the spans, ms. */
const flushWithinMs = 500

export const startSdk = ({ endpoint, service, ratio, trustTraceparent }: SdkOptions): Telemetry => {
  reportFaults()
  const sdk = new NodeSDK({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': service,
        'service.namespace': 'quadrille',
        'service.instance.id': randomUUID(),
      }),
    ),
    traceExporter: exporterTo(endpoint),
    sampler: samplerOf({ ratio }),
    ...(!trustTraceparent && { textMapPropagator: distrustful }),
    spanLimits: { linkCountLimit: mostLinks },
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => isOperational(url),
        requestHook: (span, request) => {
          if (!trustTraceparent && 'httpVersion' in request) linkToCaller(span, request.headers)
          if ('url' in request && request.url?.includes('?')) span.setAttribute('url.query', '') // it may contain personal data
        },
      }),
      new ExpressInstrumentation({ ignoreLayersType: Object.values(ExpressLayerType) }), // it names the request by its route
      new PgInstrumentation({
        requireParentSpan: true, // what polls has none
        ignoreConnectSpans: true,
        requestHook: (span, { query }) => span.updateName(statementName(query.text)),
      }),
    ],
    metricReaders: [], // Prometheus asks for them
    logRecordProcessors: [], // they go to standard output
  })
  sdk.start()
  seeExpress()
  return { stop: () => within(flushWithinMs, sdk.shutdown().catch(ignore)) }
}

/**
 * What is instrumented is CommonJS, and what is changed of it are its prototypes, which `import` shows too; only that express is
 * loaded is to be seen where it is required. So Node's hook for imports isn't needed, through which every module would pass.
 */
const seeExpress = (): void => {
  createRequire(import.meta.url)('express')
}

/** Whoever takes the spans may be away: then they are dropped, and that is said. Nothing else depends on it. */
const reportFaults = (): void => {
  const log = createLogger(process.env['LOG_LEVEL'] || 'info', { redactText: (text) => text })
  const tell = onceASecond((fault: string) => log.warn({ fault }, 'traces are not complete'))
  diag.setLogger(
    { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

const ignore = () => undefined
