/** The variables of tracing, by OpenTelemetry's own names. It has more, which its SDK reads itself (docs/tracing.md). */
import { z } from 'zod'

const share = 'must be a number from 0 to 1'

export const telemetryConfig = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be as in http://127.0.0.1:4318' })
    .optional()
    .describe('Where traces are sent by OTLP over HTTP, as in http://127.0.0.1:4318; without it there are none'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number<string>({ error: share })
    .min(0, { error: share })
    .max(1, { error: share })
    .default(1)
    .describe('The share of new traces that are recorded, from 0 to 1, where the client doesn’t say'),
})
