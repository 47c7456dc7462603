/**
 * Tracing with the OpenTelemetry SDK, for a whole process. It must start before the instrumented modules are imported,
 * so this module imports none of those, and loads the SDK only if it is used.
 */
import type { DestinationStream } from 'pino'
import { z } from 'zod'
import { ConfigError, readConfig } from '../config/read-config.ts'
import type { Telemetry } from '../telemetry/sdk.ts'
import { logLevel, telemetryConfig } from '../telemetry/variables.ts'

const none: Telemetry = { stop: () => Promise.resolve() }

/**
 * Starts tracing if OTEL_EXPORTER_OTLP_ENDPOINT is set. If a variable is wrong it does nothing, because the start of
 * the service reports all wrong variables.
 * @param log takes the log lines. Default: standard output.
 */
export const startTelemetry = async (service: string, log?: DestinationStream): Promise<Telemetry> => {
  const config = read()
  if (config?.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return none
  const { startSdk } = await import('../telemetry/sdk.ts')
  return startSdk({
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    service,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    logLevel: config.LOG_LEVEL,
    log,
  })
}

const variables = z.object({ ...telemetryConfig.shape, LOG_LEVEL: logLevel })

const read = () => {
  try {
    return readConfig(variables, process.env)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
