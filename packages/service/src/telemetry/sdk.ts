/** Configures the OpenTelemetry SDK. Anything not set here comes from the `OTEL_*` variables. */
import { randomUUID } from 'node:crypto'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { onceASecond, within } from '@quadrille/async'
import type { DestinationStream, Logger } from 'pino'
import { exporterTo } from './exporter.ts'
import { createLogger } from './log.ts'
import { samplerOf } from './sampler.ts'
import { nameStatements } from './statement-name.ts'

export interface Telemetry {
  /** Exports the remaining spans. */
  stop(): Promise<void>
}

export interface SdkOptions {
  /** The URL of the collector. */
  readonly endpoint: string
  /** The service name in each span of this process. OTEL_SERVICE_NAME overrides it. */
  readonly service: string
  /** The share of new traces that are recorded, from 0 to 1. */
  readonly ratio: number
  /** As in LOG_LEVEL. */
  readonly logLevel: string
  /** Takes the log lines. Undefined: they go to standard output. */
  readonly log: DestinationStream | undefined
}

/** A batch links to each of its messages: at most BATCH_MAX. */
const maxLinks = 10_000

/** How long a stop waits for the collector, ms. */
const flushWithinMs = 500

export const startSdk = ({ endpoint, service, ratio, logLevel, log }: SdkOptions): Telemetry => {
  reportFaults(createLogger(logLevel, { redactText: (text) => text }, log))
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
    spanLimits: { linkCountLimit: maxLinks },
    instrumentations: [
      new PgInstrumentation({
        requireParentSpan: true, // periodic statements have no parent
        ignoreConnectSpans: true,
        requestHook: (span, { query }) => nameStatements(span, query.text),
      }),
    ],
    metricReaders: [], // Prometheus scrapes them
    logRecordProcessors: [], // they are written to standard output
  })
  sdk.start()
  return { stop: () => within(flushWithinMs, sdk.shutdown().catch(ignore)) }
}

/** If the collector is unavailable, spans are dropped, and a warning is logged. Nothing else depends on it. */
const reportFaults = (log: Logger): void => {
  const warn = onceASecond((fault: string) => log.warn({ fault }, 'some traces are incomplete'))
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

const ignore = () => undefined
