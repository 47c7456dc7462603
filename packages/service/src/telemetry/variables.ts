/** The variables of the log, and of tracing with OpenTelemetry's own names. Its SDK reads further ones itself (docs/tracing.md). */
import { z } from 'zod'

export const logLevel = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  .default('info')
  .describe('The lowest level of log lines to write')

const share = 'must be a number from 0 to 1'

export const telemetryConfig = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be like http://127.0.0.1:4318' })
    .optional()
    .describe('The URL for traces by OTLP over HTTP, such as http://127.0.0.1:4318; without it tracing is off'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number<string>({ error: share })
    .min(0, { error: share })
    .max(1, { error: share })
    .default(1)
    .describe('The share of new traces that are recorded, from 0 to 1. A trusted client may decide for its own traces'),
})
