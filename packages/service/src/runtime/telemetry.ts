/**
 * Tracing by the OpenTelemetry SDK, for a process as a whole. It has to begin before what it instruments is imported, so this
 * module imports none of that, and the SDK itself only where it is wanted.
 */
import { z } from 'zod'
import { ConfigError, readConfig } from '../config/read-config.ts'
import { listenConfig, trustsTraceparent } from '../http/variables.ts'
import type { Telemetry } from '../telemetry/sdk.ts'
import { telemetryConfig } from '../telemetry/variables.ts'

const none: Telemetry = { stop: () => Promise.resolve() }

/**
 * Begins to trace where OTEL_EXPORTER_OTLP_ENDPOINT says whom to tell. Where a variable is wrong it does nothing: that will be
 * said with what else is wrong.
 */
export const startTelemetry = async (service: string): Promise<Telemetry> => {
  const config = read()
  if (config?.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return none
  const { startSdk } = await import('../telemetry/sdk.ts')
  return startSdk({
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    service,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    trustTraceparent: trustsTraceparent(config),
  })
}

const variables = z.object({
  ...telemetryConfig.shape,
  ...listenConfig.pick({ HOST: true, TRUST_TRACEPARENT: true }).shape,
})

const read = () => {
  try {
    return readConfig(variables, process.env)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
