/** Exports spans by OTLP over HTTP. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'

/** Exports to the path for traces below this base URL. */
export const exporterTo = (endpoint: string): OTLPTraceExporter =>
  new WordlessExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })

/** The message of an error may quote personal data, so spans do not contain it. It is in the log. */
class WordlessExporter extends OTLPTraceExporter {
  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    for (const { status } of spans) delete status.message
    super.export(spans, done)
  }
}
