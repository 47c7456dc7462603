/** Exports spans by OTLP over HTTP. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'

/** Exports to the path for traces below this base URL. */
export const exporterTo = (endpoint: string): OTLPTraceExporter =>
  new RedactingExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })

/** Removes error messages from spans, because they may contain personal data. The log has them. */
class RedactingExporter extends OTLPTraceExporter {
  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    for (const { status } of spans) delete status.message
    super.export(spans, done)
  }
}
